import uPlot from 'uplot'
import type { ChartGroup } from './chart-group'
import { type ChartPalette, readPalette, watchTheme } from './chart-palette'
import type { ChartLine, Values } from './columns'
import { countLanes, drawSpans, type JobSpan, LANE_PX } from './job-spans'
import { AXIS_PX, RIGHT_PX } from './plot-box'
import { timeTicks } from './time-axis'

/** A line is pointed at when it is no further away than this, px. */
const NEAR_PX = 18
/** A drag of fewer pixels is a slip. */
const LEAST_DRAG_PX = 6

export type TimeCanvasProps = {
  group: ChartGroup
  /** Seconds since 1970, in order. */
  at: number[]
  lines: readonly ChartLine[]
  hidden: ReadonlySet<string>
  /** The time axis, ms since 1970. */
  from: number
  to: number
  /** The end of the value axis, which begins at 0. */
  max: number
  tick: (value: number) => string
  spans: readonly JobSpan[]
  onZoom: (from: number, to: number) => void
  onReset: () => void
}

/** One uPlot on a page: takes new props, draws only while it is in view, and ends. */
export class TimeCanvas {
  readonly #root: HTMLElement
  readonly #ends: (() => void)[] = []
  #props: TimeCanvasProps
  #palette: ChartPalette
  #plot: uPlot | null = null
  #isInView = false
  #isDrawn = false
  #isDragging = false
  #drawnHighlight: string | null = null

  constructor(root: HTMLElement, props: TimeCanvasProps) {
    this.#root = root
    this.#props = props
    this.#palette = readPalette(root)
    const view = new IntersectionObserver(
      (entries) => {
        this.#isInView = entries.at(-1)?.isIntersecting ?? false
        if (this.#isInView && !this.#isDrawn) this.#draw()
      },
      { rootMargin: '300px' },
    )
    view.observe(root)
    const size = new ResizeObserver(() => this.#resize())
    size.observe(root)
    const endDrag = () => {
      this.#isDragging = false
    }
    document.addEventListener('pointerup', endDrag)
    this.#ends.push(
      () => view.disconnect(),
      () => size.disconnect(),
      () => document.removeEventListener('pointerup', endDrag),
      watchTheme(() => this.#onTheme()),
      props.group.listen(() => this.#onGroup()),
    )
  }

  update(props: TimeCanvasProps): void {
    const isSame = sameLines(props, this.#props)
    this.#props = props
    if (!isSame) this.#drop()
    this.#isDrawn = false
    // What is not seen costs nothing, and what is being dragged must hold still.
    if (this.#isInView && !this.#isDragging) this.#draw()
  }

  destroy(): void {
    this.#drop()
    for (const end of this.#ends) end()
  }

  #drop(): void {
    if (this.#plot) this.#props.group.leave(this.#plot.over)
    this.#plot?.destroy()
    this.#plot = null
  }

  #draw(): void {
    this.#isDrawn = true
    const { from, to, lines, hidden } = this.#props
    const plot = this.#plot ?? this.#create()
    this.#plot = plot
    plot.batch(() => {
      for (const [i, { key }] of lines.entries()) {
        const show = !hidden.has(key)
        if (plot.series[i + 1]?.show !== show) plot.setSeries(i + 1, { show })
      }
      plot.setData(this.#data(), false)
      plot.setScale('x', { min: from / 1000, max: to / 1000 })
    })
    this.#onGroup()
  }

  #create(): uPlot {
    const { lines, hidden } = this.#props
    const { width, height } = this.#root.getBoundingClientRect()
    const axis = { stroke: () => this.#palette.soft, font: `11px ${this.#palette.font}` }
    const grid = { stroke: () => this.#palette.line, width: 1 }
    const options: uPlot.Options = {
      width,
      height,
      legend: { show: false },
      padding: [() => 8 + countLanes(this.#props.spans) * LANE_PX, RIGHT_PX, 0, 0],
      scales: {
        x: { time: true },
        y: { range: () => [0, this.#props.max] },
      },
      axes: [
        {
          ...axis,
          grid: { show: false },
          ticks: { ...grid, size: 4 },
          size: 26,
          gap: 4,
          // A minute has room for its hour and minute, a second for more.
          space: (_plot, _axis, min, max) => (max - min < 300 ? 76 : 44),
          values: (_plot, splits, _axis, _space, step) => timeTicks(splits, step),
        },
        {
          ...axis,
          grid,
          ticks: { show: false },
          size: AXIS_PX,
          gap: 6,
          space: 30,
          values: (_plot, splits) => splits.map((value) => this.#props.tick(value)),
        },
      ],
      series: [
        {},
        ...lines.map(({ key, colour, isDashed }) => ({
          show: !hidden.has(key),
          stroke: () => this.#palette.series(colour),
          width: 1.5,
          ...(isDashed ? { dash: [5, 3] } : {}),
          points: { show: false, size: 4, filter: lonePoints },
        })),
        { points: { show: false } },
        { points: { show: false } },
      ],
      bands: [
        { series: [lines.length + 2, lines.length + 1], fill: () => this.#bandColour() },
      ] as uPlot.Band[],
      cursor: {
        y: false,
        drag: { x: true, y: false, setScale: false, dist: LEAST_DRAG_PX },
        points: { size: 6 },
        bind: {
          dblclick: () => () => {
            this.#props.onReset()
            return null
          },
        },
      },
      hooks: {
        drawClear: [(plot) => drawSpans(plot, this.#props.spans, this.#palette)],
        setCursor: [(plot) => this.#onCursor(plot)],
        setSelect: [(plot) => this.#onSelect(plot)],
      },
    }
    const plot = new uPlot(options, this.#data(), this.#root)
    plot.over.style.touchAction = 'pan-y'
    plot.over.addEventListener('pointerdown', (event) => {
      this.#isDragging = event.pointerType === 'mouse'
      if (event.pointerType !== 'mouse') this.#onTouch(event)
    })
    plot.over.addEventListener('pointermove', (event) => {
      if (event.pointerType !== 'mouse') this.#onTouch(event)
    })
    plot.over.addEventListener('pointerleave', () => this.#props.group.leave(plot.over))
    return plot
  }

  #data(): uPlot.AlignedData {
    const { at, lines, from, to } = this.#props
    // uPlot draws no axes without a point.
    if (at.length === 0) return [[from / 1000, to / 1000], ...noValues(lines.length + 2, 2)]
    const banded = this.#bandedLine()
    const none = noValues(1, at.length)[0] ?? []
    return [
      at,
      ...lines.map(({ average }) => average),
      banded?.least ?? none,
      banded?.greatest ?? none,
    ]
  }

  /** Bands of many lines are noise: only the one that is pointed at, or alone, has it. */
  #bandedLine(): ChartLine | undefined {
    const { lines, hidden, group } = this.#props
    const shown = lines.filter(({ key }) => !hidden.has(key))
    return shown.length === 1 ? shown[0] : shown.find(({ key }) => key === group.highlighted)
  }

  #bandColour(): string {
    const colour = this.#palette.series(this.#bandedLine()?.colour ?? 1)
    return `color-mix(in srgb, ${colour} 22%, transparent)`
  }

  /** The pointer moved over this chart, or its data moved below the pointer. */
  #onCursor(plot: uPlot): void {
    const { left = -1, top = -1 } = plot.cursor
    if (left < 0 || !plot.over.matches(':hover')) return
    this.#props.group.point(
      {
        time: plot.posToVal(left, 'x'),
        plot: plot.over,
        top: plot.over.getBoundingClientRect().top + top,
      },
      this.#lineAt(plot, top),
    )
  }

  #onTouch(event: PointerEvent): void {
    const plot = this.#plot
    if (!plot) return
    const box = plot.over.getBoundingClientRect()
    const left = Math.min(Math.max(event.clientX - box.left, 0), box.width)
    const top = event.clientY - box.top
    this.#props.group.point(
      { time: plot.posToVal(left, 'x'), plot: plot.over, top: box.top + top },
      this.#lineAt(plot, top),
    )
  }

  #lineAt(plot: uPlot, top: number): string | null {
    const { lines, hidden } = this.#props
    const i = plot.cursor.idx
    let best: string | null = null
    let distance = NEAR_PX
    for (const { key, average } of lines) {
      const value = i == null ? null : average[i]
      if (value == null || hidden.has(key)) continue
      const away = Math.abs(plot.valToPos(value, 'y') - top)
      if (away < distance) {
        distance = away
        best = key
      }
    }
    return best
  }

  /** Somewhere in the group the crosshair moved, or another line stands out. */
  #onGroup(): void {
    const plot = this.#plot
    if (!plot || !this.#isInView) return
    const { group, lines } = this.#props
    const { crosshair, highlighted } = group
    const isOwn = crosshair?.plot === plot.over && plot.over.matches(':hover')
    if (!isOwn) {
      const left = crosshair ? plot.valToPos(crosshair.time, 'x') : -10
      plot.setCursor({ left, top: crosshair ? 0 : -10 }, false)
    }
    const known = lines.some(({ key }) => key === highlighted) ? highlighted : null
    if (known === this.#drawnHighlight) return
    this.#drawnHighlight = known
    for (const [i, { key }] of lines.entries()) {
      const series = plot.series[i + 1]
      if (!series) continue
      series.alpha = known === null || known === key ? 1 : 0.3
      series.width = known === key ? 2 : 1.5
    }
    if (!this.#isDragging) plot.setData(this.#data(), false)
    plot.redraw()
  }

  #onSelect(plot: uPlot): void {
    const { left, width } = plot.select
    if (width < LEAST_DRAG_PX) return
    const from = plot.posToVal(left, 'x') * 1000
    const to = plot.posToVal(left + width, 'x') * 1000
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
    this.#isDragging = false
    this.#props.onZoom(from, to)
  }

  #onTheme(): void {
    this.#palette = readPalette(this.#root)
    this.#plot?.redraw()
  }

  #resize(): void {
    const { width, height } = this.#root.getBoundingClientRect()
    if (width > 0 && this.#plot) this.#plot.setSize({ width, height })
  }
}

function sameLines(a: TimeCanvasProps, b: TimeCanvasProps): boolean {
  return a.lines.length === b.lines.length && a.lines.every(({ key }, i) => key === b.lines[i]?.key)
}

function noValues(columns: number, length: number): Values[] {
  return Array.from({ length: columns }, () => new Array<null>(length).fill(null))
}

/** Points with a gap on both sides: a line of one point would be invisible. */
function lonePoints(plot: uPlot, seriesIdx: number): number[] {
  const values = plot.data[seriesIdx] ?? []
  const lone: number[] = []
  for (let i = 0; i < values.length; i++) {
    if (values[i] != null && values[i - 1] == null && values[i + 1] == null) lone.push(i)
  }
  return lone
}
