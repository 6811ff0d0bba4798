export type Crosshair = {
  /** Seconds since 1970. */
  time: number
  /** The plot that is pointed at, and how far down (px from the top of the window). */
  plot: HTMLElement
  top: number
}

/** What the charts of a page share: the crosshair, and the line that stands out. */
export class ChartGroup {
  #crosshair: Crosshair | null = null
  #highlighted: string | null = null
  readonly #listeners = new Set<() => void>()

  get crosshair(): Crosshair | null {
    return this.#crosshair
  }

  /** The key of the line that is pointed at. */
  get highlighted(): string | null {
    return this.#highlighted
  }

  point(crosshair: Crosshair, highlighted: string | null = null): void {
    this.#crosshair = crosshair
    this.#highlighted = highlighted
    this.#notify()
  }

  highlight(key: string | null): void {
    if (key === this.#highlighted) return
    this.#highlighted = key
    this.#notify()
  }

  /** Takes the crosshair away, if it is still that plot's. */
  leave(plot: HTMLElement): void {
    if (this.#crosshair?.plot !== plot) return
    this.#crosshair = null
    this.#highlighted = null
    this.#notify()
  }

  listen = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  #notify(): void {
    for (const listener of this.#listeners) listener()
  }
}
