/** Which time the machine page shows, as its address says it. Pure. */

export const RANGES = [
  { key: 'live', label: 'Live', hours: 1 / 6 },
  { key: '1h', label: '1 h', hours: 1 },
  { key: '6h', label: '6 h', hours: 6 },
  { key: '24h', label: '24 h', hours: 24 },
  { key: '7d', label: '7 d', hours: 7 * 24 },
  { key: '30d', label: '30 d', hours: 30 * 24 },
  { key: '1y', label: '1 y', hours: 365 * 24 },
] as const

export type RangeKey = (typeof RANGES)[number]['key']

/** `zoom` (ms since 1970) is a part that was dragged out; `key` is where a reset leads. */
export type TimeRange = { key: RangeKey; hours: number; zoom: { from: number; to: number } | null }

/** History is cut into whole seconds; a shorter range would be a point or two. */
const LEAST_ZOOM_MS = 10_000
const MOST_ZOOM_MS = 8_784 * 3_600_000

type Params = Record<string, string | string[] | undefined>

/** Reads `range`, or `from` and `to`; what makes no sense falls back to the default. */
export function readTimeRange(params: Params, fallback: RangeKey): TimeRange {
  const find = (wanted: unknown) => RANGES.find(({ key }) => key === wanted)
  const { key, hours } = find(params['range']) ?? find(fallback) ?? RANGES[0]
  const from = Date.parse(String(params['from']))
  const to = Date.parse(String(params['to']))
  const isZoom = to - from >= LEAST_ZOOM_MS && to - from <= MOST_ZOOM_MS
  return { key, hours, zoom: isZoom ? { from, to } : null }
}

/** The address of a part of a range: whole seconds, and long enough to be drawn. */
export function zoomQuery(key: RangeKey, from: number, to: number): string {
  const missing = Math.max(0, LEAST_ZOOM_MS - (to - from))
  const start = Math.floor((from - missing / 2) / 1000) * 1000
  const end = Math.max(Math.ceil((to + missing / 2) / 1000) * 1000, start + LEAST_ZOOM_MS)
  return `?range=${key}&from=${isoSeconds(start)}&to=${isoSeconds(end)}`
}

/** The same time as parameters of the history's API. */
export function historyParameters({ hours, zoom }: TimeRange): string {
  if (zoom) return `from=${isoSeconds(zoom.from)}&to=${isoSeconds(zoom.to)}`
  return `hours=${Number(hours.toFixed(4))}`
}

function isoSeconds(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, 'Z')
}
