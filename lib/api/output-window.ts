import type { WebSocket } from 'ws'

/** Output on its way to one browser before the machine is made to wait. */
const MAX_AHEAD_BYTES = 1024 * 1024

/**
 * Sends bytes to a WebSocket and tells when its reader is behind: more waits in this process, or
 * a client that acknowledges what it drew has more of it undrawn, so that ctrl+C shows at once.
 */
export class OutputWindow {
  readonly #socket: WebSocket
  #sentBytes = 0
  /** Null for a client that never acknowledged anything. */
  #drawnBytes: number | null = null
  #isEnded = false
  #waiting: Array<() => void> = []

  constructor(socket: WebSocket) {
    this.#socket = socket
  }

  /** A promise when the reader is behind: it resolves once it has caught up. */
  send(bytes: Uint8Array): undefined | Promise<void> {
    if (this.#isEnded || this.#socket.readyState !== this.#socket.OPEN) return undefined
    this.#sentBytes += bytes.length
    this.#socket.send(bytes, () => this.#wake())
    if (!this.#isBehind()) return undefined
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** The client has drawn so many bytes since the beginning. */
  acknowledge(bytes: number): void {
    this.#drawnBytes = Math.min(bytes, this.#sentBytes)
    this.#wake()
  }

  /** Nobody reads any more: nobody waits. */
  end(): void {
    this.#isEnded = true
    this.#wake()
  }

  #isBehind(): boolean {
    const undrawn = this.#drawnBytes === null ? 0 : this.#sentBytes - this.#drawnBytes
    return Math.max(this.#socket.bufferedAmount, undrawn) > MAX_AHEAD_BYTES
  }

  #wake(): void {
    if (!this.#isEnded && this.#isBehind()) return
    for (const resume of this.#waiting.splice(0)) resume()
  }
}
