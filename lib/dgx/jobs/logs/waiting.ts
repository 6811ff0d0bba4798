import { setTimeout as delay } from 'node:timers/promises'

/** Waits of one that others can cut short; a call while nobody waits cuts the next wait short. */
export class Alarm {
  #isRung = false
  #wake: (() => void) | null = null

  ring(): void {
    if (this.#wake) this.#wake()
    else this.#isRung = true
  }

  async wait(ms: number): Promise<'rung' | 'over'> {
    if (this.#isRung) {
      this.#isRung = false
      return 'rung'
    }
    const timer = new AbortController()
    const rung = new Promise<'rung'>((resolve) => {
      this.#wake = () => resolve('rung')
    })
    const over = delay(ms, 'over' as const, { signal: timer.signal }).catch(() => 'over' as const)
    try {
      return await Promise.race([rung, over])
    } finally {
      this.#wake = null
      timer.abort()
    }
  }
}

/** Those who wait until something may have changed; each looks then whether it has. */
export class Condition {
  readonly #waiting = new Set<() => void>()

  notifyAll(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }

  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.add(resolve)
    })
  }
}
