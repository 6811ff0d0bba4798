/** Runs a job again and again, never twice at once. */
export class Periodic {
  readonly #everyMs: number
  readonly #run: (signal: AbortSignal) => Promise<void>
  readonly #onError: (error: unknown) => void
  #stopping: AbortController | null = null
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> = Promise.resolve()
  /** One that was asked for and has not begun. */
  #soon: Promise<void> | null = null

  /** @param options.run should return soon after its signal aborts */
  constructor(options: {
    everyMs: number
    run: (signal: AbortSignal) => Promise<void>
    onError: (error: unknown) => void
  }) {
    this.#everyMs = options.everyMs
    this.#run = options.run
    this.#onError = options.onError
  }

  /** Runs the job now and then at each interval. Does nothing when already started. */
  start(): void {
    if (this.#stopping !== null) return
    this.#stopping = new AbortController()
    this.#running = this.#runAndWait(this.#stopping.signal, this.#running)
  }

  /** Runs the job once more, after the run under way; resolves when that has ended. */
  runSoon(): Promise<void> {
    if (this.#stopping === null) return Promise.resolve()
    this.#soon ??= this.#running = this.#runAndWait(this.#stopping.signal, this.#running)
    return this.#soon
  }

  /** Resolves when the job, if it runs just now, has ended. */
  async stop(): Promise<void> {
    this.#stopping?.abort()
    this.#stopping = null
    clearTimeout(this.#timer)
    await this.#running
  }

  async #runAndWait(signal: AbortSignal, before: Promise<void>): Promise<void> {
    await before
    this.#soon = null
    clearTimeout(this.#timer)
    const startedAt = performance.now()
    try {
      if (!signal.aborted) await this.#run(signal)
    } catch (error) {
      this.#onError(error)
    }
    if (signal.aborted) return
    const waitMs = Math.max(0, this.#everyMs - (performance.now() - startedAt))
    this.#timer = setTimeout(() => {
      this.#running = this.#runAndWait(signal, this.#running)
    }, waitMs)
  }
}
