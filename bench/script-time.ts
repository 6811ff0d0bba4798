type TraceEvent = {
  ph: string
  name: string
  pid: number
  tid: number
  /** When it began and how long it took by the thread's own clock, which stands still while others run. */
  tts?: number
  tdur?: number
  args?: { name?: string }
}

/** Where the page's own script runs; each holds what it calls. */
const SCRIPT = new Set([
  'EvaluateScript',
  'FunctionCall',
  'FireAnimationFrame',
  'RunMicrotasks',
  'TimerFire',
  'v8.callFunction',
  'V8.GCScavenger',
  'MinorGC',
  'MajorGC',
])

export type ScriptTime = {
  /** Script in one interval between samples: everything that a round of updates costs. */
  script_ms_per_round: number
  /** The same with style, layout and paint: all that the page's main thread did. */
  main_thread_ms_per_round: number
  longest_task_ms: number
}

/** What Chromium has to trace for it. */
export const TRACED = [
  'devtools.timeline',
  'disabled-by-default-devtools.timeline',
  'v8.execute',
  'v8',
]

/**
 * What the main thread of the busiest page did per round of updates: CPU time, so that other
 * programs do not count, and nested events once.
 */
export function scriptTime(trace: Buffer, rounds: number): ScriptTime {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] }
  const mains = traceEvents.filter(
    ({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain',
  )
  const threads = mains.map(({ pid, tid }) => {
    const events = traceEvents.filter(
      (event) => event.ph === 'X' && event.pid === pid && event.tid === tid,
    )
    const tasks = events.filter(({ name }) => name === 'RunTask')
    return {
      script: unionMs(events.filter(({ name }) => SCRIPT.has(name))),
      all: unionMs(tasks),
      longest: tasks.reduce((most, { tdur = 0 }) => Math.max(most, tdur), 0) / 1000,
    }
  })
  // Only one page is open; spare renderers do next to nothing.
  const [busiest] = threads.sort((a, b) => b.all - a.all)
  if (!busiest || busiest.all === 0) throw new Error('the trace holds no page')
  const hundredths = (ms: number) => Math.round(ms * 100) / 100
  return {
    script_ms_per_round: hundredths(busiest.script / rounds),
    main_thread_ms_per_round: hundredths(busiest.all / rounds),
    longest_task_ms: hundredths(busiest.longest),
  }
}

function unionMs(events: readonly TraceEvent[]): number {
  let total = 0
  let end = 0
  const spans = events.map(({ tts = 0, tdur = 0 }) => ({ start: tts, stop: tts + tdur }))
  for (const { start, stop } of spans.sort((a, b) => a.start - b.start)) {
    total += Math.max(0, stop - Math.max(end, start))
    end = Math.max(end, stop)
  }
  return total / 1000
}
