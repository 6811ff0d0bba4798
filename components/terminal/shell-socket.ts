/** What the server says beside the terminal's bytes, and the socket's own silent end. */
export type ShellEvent =
  | { type: 'ready' }
  | { type: 'exit'; exit_code: number | null; signal: string | null }
  | { type: 'error'; code: string; error: string }
  | { type: 'dropped' }

type Size = { cols: number; rows: number }

/** Below what the server takes in one message. */
const MAX_CHUNK_BYTES = 64 * 1024
/** Often enough that the server never waits for a browser that keeps up. */
const ACK_EVERY_BYTES = 128 * 1024

/** A shell on a machine, over a WebSocket. One `exit`, `error` or `dropped` ends it. */
export class ShellSocket {
  readonly #socket: WebSocket
  #hasEnded = false
  #drawnBytes = 0
  #acknowledgedBytes = 0

  constructor(options: {
    connectionId: string
    size: Size
    /** Takes output; calls `drawn` once it is on the screen. */
    onOutput: (bytes: Uint8Array, drawn: () => void) => void
    onEvent: (event: ShellEvent) => void
  }) {
    const { connectionId, size, onOutput, onEvent } = options
    const url = new URL(`/api/dgx/terminal/${connectionId}`, location.href)
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    url.search = String(new URLSearchParams({ cols: `${size.cols}`, rows: `${size.rows}` }))
    const socket = new WebSocket(url)
    socket.binaryType = 'arraybuffer'
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => {
      if (data instanceof ArrayBuffer) {
        onOutput(new Uint8Array(data), () => this.#drawn(data.byteLength))
        return
      }
      const event = JSON.parse(data) as ShellEvent
      if (event.type === 'ready') this.#acknowledge()
      this.#hasEnded ||= event.type === 'exit' || event.type === 'error'
      onEvent(event)
    })
    socket.addEventListener('close', () => {
      if (!this.#hasEnded) onEvent({ type: 'dropped' })
      this.#hasEnded = true
    })
  }

  type(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return
    for (let at = 0; at < bytes.length; at += MAX_CHUNK_BYTES) {
      this.#socket.send(bytes.subarray(at, at + MAX_CHUNK_BYTES))
    }
  }

  resize(size: Size): void {
    this.#say({ type: 'resize', ...size })
  }

  /** Ends the shell, as closing a terminal window does; no event follows. */
  close(): void {
    this.#hasEnded = true
    this.#socket.close()
  }

  #drawn(bytes: number): void {
    this.#drawnBytes += bytes
    if (this.#drawnBytes - this.#acknowledgedBytes >= ACK_EVERY_BYTES) this.#acknowledge()
  }

  #acknowledge(): void {
    this.#acknowledgedBytes = this.#drawnBytes
    this.#say({ type: 'ack', bytes: this.#drawnBytes })
  }

  #say(message: object): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message))
  }
}
