/** What a chart draws: values in columns beside one column of times. Pure, and fit to be sent as JSON. */

export type Values = (number | null)[]

/** One GPU as a line; `colour` is the N of `--series-N`. */
export type GpuLine = { uuid: string; label: string; colour: number; isDashed: boolean }

export type GpuMetric =
  | 'gpu_utilization'
  | 'memory_used_mb'
  | 'temperature_c'
  | 'power_watts'
  | 'sm_clock_mhz'

/** One GPU's values of one metric; samples that stand for themselves have no least and greatest. */
export type Column = { average: Values; least?: Values; greatest?: Values }

export type GpuColumns = {
  /** Seconds since 1970, in order. */
  at: number[]
  gpus: GpuLine[]
  /** A column per GPU, in the order of `gpus`; a metric that is not known over time is left out. */
  metrics: Partial<Record<GpuMetric, Column[]>>
}

const COLOURS = 8

/** The lines of GPUs, by index. A colour belongs to an index, so that it stays when others come or go. */
export function toGpuLines(gpus: Iterable<{ uuid: string; index: number | null }>): GpuLine[] {
  const byUuid = new Map([...gpus].map((gpu) => [gpu.uuid, gpu.index]))
  return [...byUuid]
    .sort(([a, i], [b, j]) => (i ?? 1e9) - (j ?? 1e9) || (a < b ? -1 : 1))
    .map(([uuid, index], place) => ({
      uuid,
      label: `GPU ${index ?? '?'}`,
      colour: ((index ?? place) % COLOURS) + 1,
      isDashed: (index ?? place) >= COLOURS,
    }))
}

/** In the place of a point where nothing was recorded. */
export const GAP = -1

/**
 * Which of the instants (ms, in order) to draw: their places, and `GAP` where two are further apart
 * than `gapMs`, so that the line breaks instead of bridging it.
 */
export function placesWithGaps(at: readonly number[], gapMs: number): number[] {
  return at.flatMap((time, i) => {
    const before = at[i - 1]
    return before !== undefined && time - before > gapMs ? [GAP, i] : [i]
  })
}

/** The times of such places in seconds; a gap begins right after the last point. */
export function timesOf(places: readonly number[], at: readonly number[]): number[] {
  return places.map((place, i) => {
    const time = place === GAP ? (at[places[i - 1] ?? 0] ?? 0) + 1 : (at[place] ?? 0)
    return time / 1000
  })
}

/** The place of the time (s) that is nearest; -1 when there is none. */
export function nearest(at: readonly number[], time: number): number {
  let low = 0
  let high = at.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((at[middle] ?? 0) < time) low = middle + 1
    else high = middle
  }
  const before = at[low - 1]
  return before !== undefined && time - before < (at[low] ?? 0) - time ? low - 1 : high
}

/** One line of one chart. */
export type ChartLine = Column & {
  key: string
  label: string
  colour: number
  isDashed: boolean
}

/** The lines of one metric's chart; `scale` turns the stored unit into the shown one. */
export function linesOf(columns: GpuColumns, metric: GpuMetric, scale = 1): ChartLine[] {
  const scaled = (values: Values) =>
    scale === 1 ? values : values.map((value) => (value === null ? null : value * scale))
  return columns.gpus.map(({ uuid, ...line }, i) => {
    const { average = [], least, greatest } = columns.metrics[metric]?.[i] ?? {}
    return {
      key: uuid,
      ...line,
      average: scaled(average),
      ...(least && greatest ? { least: scaled(least), greatest: scaled(greatest) } : {}),
    }
  })
}
