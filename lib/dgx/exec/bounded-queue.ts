/** Holds a bounded amount of what comes for one reader, and makes who gives it wait. */
export class BoundedQueue<T> {
  /** Settles with the first item or the end: a failure before it is the caller's to answer. */
  readonly hasFirst: Promise<void>
  readonly #mostHeld: number
  #settleFirst: (error?: unknown) => void = () => {}
  readonly #items: Array<{ item: T; size: number }> = []
  #held = 0
  #isEnded = false
  #error: unknown
  #wakeReader: () => void = () => {}
  #wakeWriter: () => void = () => {}

  /** @param mostHeld sum of the sizes that are held before the writer has to wait */
  constructor(mostHeld: number) {
    this.#mostHeld = mostHeld
    this.hasFirst = new Promise((resolve, reject) => {
      this.#settleFirst = (error) => (error === undefined ? resolve() : reject(error))
    })
  }

  /** A promise when the reader is behind. */
  push(item: T, size: number): undefined | Promise<void> {
    this.#items.push({ item, size })
    this.#held += size
    this.#settleFirst()
    this.#wakeReader()
    if (this.#held < this.#mostHeld) return undefined
    return new Promise((resolve) => {
      this.#wakeWriter = resolve
    })
  }

  end(): void {
    this.#isEnded = true
    this.#settleFirst()
    this.#wakeReader()
  }

  fail(error: unknown): void {
    this.#error = error
    this.#settleFirst(error)
    this.end()
  }

  /** Everything in order; throws what it failed with after all that came before. */
  async *items(): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const first = this.#items.shift()
      if (first) {
        this.#held -= first.size
        if (this.#held < this.#mostHeld) this.#wakeWriter()
        yield first.item
      } else if (this.#isEnded) {
        if (this.#error !== undefined) throw this.#error
        return
      } else {
        await new Promise<void>((resolve) => {
          this.#wakeReader = resolve
        })
      }
    }
  }
}
