import type { RecentGpu, RecentHost, RecentSample } from '@/lib/recent-sample'

/** Five minutes at the default interval; about as many points as a small line has pixels. */
export const SPARK_SLOTS = 150
const EVERY = 3
/** After a silence this much longer than usual the line has a gap. */
const GAP_FACTOR = 4

type GpuField = Exclude<keyof RecentGpu, 'uuid' | 'index'>

/** The last values of one GPU, oldest first; null where samples are missing. */
export function gpuLine(samples: readonly RecentSample[], uuid: string, field: GpuField) {
  return line(samples, (sample) =>
    sample.gpus === null
      ? undefined
      : (sample.gpus.find((gpu) => gpu.uuid === uuid)?.[field] ?? null),
  )
}

/** The mean utilization of a machine's GPUs. */
export function utilizationLine(samples: readonly RecentSample[]) {
  return line(samples, ({ gpus }) => {
    if (gpus === null) return undefined
    const known = gpus.flatMap(({ gpu_utilization }) => gpu_utilization ?? [])
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length
  })
}

export function hostLine(samples: readonly RecentSample[], field: keyof RecentHost) {
  return line(samples, ({ host }) => host[field])
}

/** `undefined` says that there is nothing new, which is no gap. */
function line(
  samples: readonly RecentSample[],
  read: (sample: RecentSample) => number | null | undefined,
): (number | null)[] {
  const last = samples.slice(-SPARK_SLOTS)
  const longestMs = GAP_FACTOR * usualDistance(samples)
  const values: (number | null)[] = []
  let before = 0
  for (const sample of last) {
    const value = read(sample)
    if (value === undefined) continue
    if (before > 0 && sample.at - before > longestMs) values.push(null)
    values.push(value)
    before = sample.at
  }
  // Gaps take places too.
  return thin(values).slice(-SPARK_POINTS)
}

/** Of each list once, for the lines of all its GPUs. */
const distances = new WeakMap<readonly RecentSample[], number>()

function usualDistance(samples: readonly RecentSample[]): number {
  const known = distances.get(samples)
  if (known !== undefined) return known
  const last = samples.slice(-SPARK_SLOTS)
  const all = Float64Array.from(last.slice(1), ({ at }, i) => at - (last[i]?.at ?? at)).sort()
  const usual = all[all.length >> 1] ?? Number.POSITIVE_INFINITY
  distances.set(samples, usual)
  return usual
}

/** Every third value is the highest of three, so that a short peak stays visible. */
function thin(values: readonly (number | null)[]): (number | null)[] {
  const thinned: (number | null)[] = []
  for (let end = values.length; end > 0; end -= EVERY) {
    const part = values.slice(Math.max(0, end - EVERY), end)
    const known = part.filter((value) => value !== null)
    thinned.push(known.length < part.length ? null : Math.max(...known))
  }
  return thinned.reverse()
}

export const SPARK_POINTS = SPARK_SLOTS / EVERY
