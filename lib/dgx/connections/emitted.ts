/**
 * The events that `run` emits, as they come. Leaving the loop aborts the signal that `run` was
 * given; what it throws is thrown to the reader after the events before it. For few events: what
 * is not read yet is held without bound.
 */
export async function* emitted<T>(
  run: (emit: (event: T) => void, hangUp: AbortSignal) => Promise<void>,
): AsyncGenerator<T, void, undefined> {
  const waiting: T[] = []
  const hangUp = new AbortController()
  let wake = () => {}
  let isOver = false
  const emit = (event: T) => {
    waiting.push(event)
    wake()
  }
  const running = run(emit, hangUp.signal).finally(() => {
    isOver = true
    wake()
  })
  // Its failure is thrown below; until then it must not count as unhandled.
  running.catch(() => {})
  try {
    for (;;) {
      for (let event = waiting.shift(); event !== undefined; event = waiting.shift()) yield event
      if (isOver) break
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    await running
  } finally {
    hangUp.abort(new Error('the caller hung up'))
  }
}
