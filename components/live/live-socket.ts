import type { LiveEvent, Topic } from '@/lib/dgx/live/events'

export type ServerState =
  /** Events arrive as they happen. */
  | 'live'
  /** The first connection of this page is being made. */
  | 'connecting'
  /** It was lost and is being made again. */
  | 'reconnecting'
  /** Nobody looks at this tab, so nothing is sent to it. */
  | 'paused'

type Incoming =
  | LiveEvent
  | { type: 'hello'; at: string }
  | { type: 'ping'; at: string }
  | { type: 'error'; code: string; error: string }

/** The server pings every 15 s; silence for longer than this is a dead line. */
const SILENCE_MS = 35_000
const HIDDEN_GRACE_MS = 5_000
const FIRST_RETRY_MS = 500
const LONGEST_RETRY_MS = 8_000
/** What the server sent just before a line broke may not have arrived. */
const OVERLAP_MS = 10_000

/**
 * The tab's one WebSocket: keeps its topics, comes back after a loss with what was missed, and
 * rests while the tab is hidden.
 */
export class LiveSocket {
  readonly #onEvent: (event: LiveEvent) => void
  readonly #onState: (state: ServerState) => void
  readonly #topics = new Map<Topic, number>()
  #socket: WebSocket | null = null
  #isGreeted = false
  #failures = 0
  #retry: ReturnType<typeof setTimeout> | undefined
  #silence: ReturnType<typeof setTimeout> | undefined
  #hidden: ReturnType<typeof setTimeout> | undefined
  #heardAt = 0
  #clockAhead = 0

  constructor(options: {
    onEvent: (event: LiveEvent) => void
    onState: (state: ServerState) => void
  }) {
    this.#onEvent = options.onEvent
    this.#onState = options.onState
    document.addEventListener('visibilitychange', () => this.#onVisibility())
    window.addEventListener('online', () => this.#reconnectNow())
    // Nothing is awaited of a page in the back/forward cache, and an open socket would keep it out.
    window.addEventListener('pagehide', () => this.#rest())
    window.addEventListener('pageshow', () => this.#onVisibility())
    if (document.visibilityState === 'visible') this.#connect()
  }

  /** The server's clock now, ms since 1970; this computer's until the server has said. */
  now(): number {
    return Date.now() + this.#clockAhead
  }

  /** When the server was last heard, by its own clock; 0 before. */
  get heardAt(): number {
    return this.#heardAt
  }

  /** Counts users of a topic, so that the last one to leave ends it. */
  join(topic: Topic): () => void {
    const users = this.#topics.get(topic) ?? 0
    this.#topics.set(topic, users + 1)
    if (users === 0 && this.#isGreeted) this.#subscribe([topic])
    return () => {
      const left = (this.#topics.get(topic) ?? 1) - 1
      if (left > 0) this.#topics.set(topic, left)
      else {
        this.#topics.delete(topic)
        if (this.#isGreeted) this.#send({ type: 'unsubscribe', topics: [topic] })
      }
    }
  }

  #connect(): void {
    if (this.#socket) return
    clearTimeout(this.#retry)
    const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/api/dgx/live`)
    this.#socket = socket
    this.#watchSilence()
    socket.addEventListener('message', ({ data }) => {
      if (this.#socket === socket) this.#receive(JSON.parse(String(data)) as Incoming)
    })
    socket.addEventListener('close', () => {
      if (this.#socket === socket) this.#onLost()
    })
  }

  #receive(message: Incoming): void {
    this.#watchSilence()
    if (message.type === 'hello') {
      this.#clockAhead = Date.parse(message.at) - Date.now()
      this.#isGreeted = true
      this.#failures = 0
      this.#subscribe([...this.#topics.keys()])
      this.#onState('live')
    }
    this.#heardAt = this.now()
    // An error says that a topic's machine is gone; the page hears of that as a change.
    if (message.type !== 'hello' && message.type !== 'ping' && message.type !== 'error') {
      this.#onEvent(message)
    }
  }

  #subscribe(topics: Topic[]): void {
    // The first time, all that has happened since the page was asked for.
    const since = this.#heardAt ? this.#heardAt - OVERLAP_MS : this.now() - performance.now()
    // One by one: a machine that is gone must not take the others with it.
    for (const topic of topics) {
      this.#send({ type: 'subscribe', topics: [topic], since: Math.max(0, Math.round(since)) })
    }
  }

  #send(message: object): void {
    this.#socket?.send(JSON.stringify(message))
  }

  #watchSilence(): void {
    clearTimeout(this.#silence)
    this.#silence = setTimeout(() => this.#reconnectNow(), SILENCE_MS)
  }

  #onLost(): void {
    const wasGreeted = this.#isGreeted
    this.#drop()
    if (document.visibilityState !== 'visible') {
      this.#onState('paused')
      return
    }
    this.#onState('reconnecting')
    this.#failures += 1
    // A refused handshake looks like any other failure; only an answer over HTTP says "log in".
    if (!wasGreeted && this.#failures === 2) void leaveIfLoggedOut()
    const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (this.#failures - 1))
    this.#retry = setTimeout(() => this.#connect(), longest * (0.5 + Math.random() / 2))
  }

  #drop(): void {
    const socket = this.#socket
    this.#socket = null
    this.#isGreeted = false
    clearTimeout(this.#silence)
    clearTimeout(this.#retry)
    // Closed while it is being opened, a socket is an error in the browser's console.
    if (socket?.readyState === WebSocket.CONNECTING) {
      socket.addEventListener('open', () => socket.close())
    } else socket?.close()
  }

  #reconnectNow(): void {
    if (document.visibilityState !== 'visible') return
    if (this.#isGreeted) this.#onState('reconnecting')
    this.#drop()
    this.#connect()
  }

  #onVisibility(): void {
    clearTimeout(this.#hidden)
    if (document.visibilityState === 'visible') this.#connect()
    else this.#hidden = setTimeout(() => this.#rest(), HIDDEN_GRACE_MS)
  }

  #rest(): void {
    this.#drop()
    this.#onState('paused')
  }
}

async function leaveIfLoggedOut(): Promise<void> {
  const response = await fetch('/api/dgx/status').catch(() => null)
  if (response?.status === 401) location.reload()
}
