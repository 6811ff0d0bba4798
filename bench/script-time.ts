type TraceEvent = { ph: string; name: string; pid: number; tid: number; ts: number; dur?: number }

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
  longest_task_ms: number
}

/** Script time on the page's main thread, nested events counted once, per round of updates. */
export function scriptTime(trace: Buffer, rounds: number): ScriptTime {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] }
  const script = traceEvents.filter(({ ph, name }) => ph === 'X' && SCRIPT.has(name))
  const threads = Map.groupBy(script, ({ pid, tid }) => `${pid} ${tid}`)
  const totals = [...threads.values()].map(unionMs)
  const longest = traceEvents
    .filter(({ ph, name }) => ph === 'X' && name === 'RunTask')
    .reduce((most, { dur = 0 }) => Math.max(most, dur), 0)
  return {
    // Only one page is open; its main thread runs nearly all of the script there is.
    script_ms_per_round: Math.round((Math.max(0, ...totals) / rounds) * 100) / 100,
    longest_task_ms: Math.round(longest / 100) / 10,
  }
}

function unionMs(events: readonly TraceEvent[]): number {
  let total = 0
  let end = 0
  for (const { ts, dur = 0 } of [...events].sort((a, b) => a.ts - b.ts)) {
    const from = Math.max(end, ts)
    if (ts + dur > from) {
      total += ts + dur - from
      end = ts + dur
    }
  }
  return total / 1000
}
