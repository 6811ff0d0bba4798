import type uPlot from 'uplot'
import type { ChartPalette } from './chart-palette'

/** When a job ran, ms since 1970; `to` is null while it runs. */
export type JobSpan = { id: string; name: string; from: number; to: number | null }

/** Jobs at the same time have a strip each, so many at most; further ones have only their band. */
const MOST_LANES = 3
/** Height of a strip with its name, px. */
export const LANE_PX = 15
const STRIP_PX = 3
/** A name in less room than this cannot be read. */
const LEAST_NAME_PX = 28

/** Gives each span the first lane that is free over its time. */
export function layOutSpans(spans: readonly JobSpan[]): { span: JobSpan; lane: number | null }[] {
  const freeFrom: number[] = []
  return [...spans]
    .sort((a, b) => a.from - b.from)
    .map((span) => {
      const free = freeFrom.findIndex((time) => time <= span.from)
      const lane = free === -1 ? freeFrom.length : free
      if (lane >= MOST_LANES) return { span, lane: null }
      freeFrom[lane] = span.to ?? Number.POSITIVE_INFINITY
      return { span, lane }
    })
}

/** How many lanes they take. */
export function countLanes(spans: readonly JobSpan[]): number {
  return Math.max(0, ...layOutSpans(spans).map(({ lane }) => (lane === null ? 0 : lane + 1)))
}

/** Draws light bands behind the plot, and above it a strip per job with its name. */
export function drawSpans(
  { ctx, bbox, scales, valToPos }: uPlot,
  spans: readonly JobSpan[],
  palette: ChartPalette,
): void {
  const { min, max } = scales['x'] ?? {}
  if (min == null || max == null) return
  const px = devicePixelRatio
  ctx.save()
  ctx.font = `${10 * px}px ${palette.font}`
  ctx.textBaseline = 'top'
  ctx.textAlign = 'left'
  for (const { span, lane } of layOutSpans(spans)) {
    const from = Math.max(min, span.from / 1000)
    const to = Math.min(max, (span.to ?? Number.POSITIVE_INFINITY) / 1000)
    if (to <= from) continue
    const left = valToPos(from, 'x', true)
    const width = Math.max(px, valToPos(to, 'x', true) - left)
    ctx.fillStyle = palette.soft
    ctx.globalAlpha = 0.07
    ctx.fillRect(left, bbox.top, width, bbox.height)
    if (lane === null) continue
    const top = bbox.top - (lane + 1) * LANE_PX * px
    ctx.globalAlpha = 0.45
    ctx.fillRect(left, top + (LANE_PX - STRIP_PX) * px, width, STRIP_PX * px)
    if (width < LEAST_NAME_PX * px) continue
    ctx.globalAlpha = 1
    ctx.save()
    ctx.beginPath()
    ctx.rect(left, top, width, LANE_PX * px)
    ctx.clip()
    ctx.fillText(span.name, left + px, top + px)
    ctx.restore()
  }
  ctx.restore()
}
