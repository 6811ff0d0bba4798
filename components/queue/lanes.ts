import type { RecentRun } from '@/lib/dgx/jobs/recent-runs'

/** A bar of a timeline: its place in percent of the whole time. */
export type Bar = { run: RecentRun; left: number; width: number }
/** One GPU, or what runs without one. */
export type Lane = { key: string; label: string; bars: Bar[] }

/** So narrow a bar can still be seen and pressed, percent. */
const LEAST_WIDTH = 0.6
/** Runs without a GPU may overlap; each row holds those that do not. */
const MOST_ROWS = 4

/**
 * The lanes of one machine: each of its GPUs, also those that it no longer shows but were held, then
 * what ran without a GPU. Pure.
 * @param range ms since 1970
 */
export function lanesOf(
  gpus: readonly { uuid: string; index: number | null }[],
  runs: readonly RecentRun[],
  range: { from: number; to: number },
): Lane[] {
  const known = new Set(gpus.map(({ uuid }) => uuid))
  const gone = [...new Set(runs.flatMap(({ gpu_uuids }) => gpu_uuids))].filter(
    (uuid) => !known.has(uuid),
  )
  const barsOf = (uuid: string) =>
    runs.filter(({ gpu_uuids }) => gpu_uuids.includes(uuid)).flatMap((run) => barOf(run, range))
  return [
    ...gpus
      .toSorted((a, b) => (a.index ?? 99) - (b.index ?? 99))
      .map(({ uuid, index }) => ({
        key: uuid,
        label: `GPU ${index ?? '?'}`,
        bars: barsOf(uuid),
      })),
    ...gone.map((uuid) => ({ key: uuid, label: 'GPU gone', bars: barsOf(uuid) })),
    ...rowsWithoutGpu(runs, range),
  ].filter(({ label, bars }) => label !== 'GPU gone' || bars.length > 0)
}

function rowsWithoutGpu(runs: readonly RecentRun[], range: { from: number; to: number }): Lane[] {
  const rows: Bar[][] = []
  for (const run of runs.filter(({ gpu_uuids }) => gpu_uuids.length === 0)) {
    for (const bar of barOf(run, range)) {
      const isFree = (row: Bar[]) => row.every(({ left, width }) => left + width <= bar.left)
      const free = rows.find(isFree)
      if (free) free.push(bar)
      else if (rows.length < MOST_ROWS) rows.push([bar])
    }
  }
  return rows.map((bars, i) => ({ key: `none ${i}`, label: i === 0 ? 'No GPU' : '', bars }))
}

function barOf(run: RecentRun, range: { from: number; to: number }): Bar[] {
  const from = Math.max(range.from, Date.parse(run.from))
  const to = Math.min(range.to, run.to === null ? range.to : Date.parse(run.to))
  if (to < from) return []
  const percent = (ms: number) => (100 * ms) / (range.to - range.from)
  const width = Math.max(LEAST_WIDTH, percent(to - from))
  return [{ run, left: Math.min(100 - width, percent(from - range.from)), width }]
}
