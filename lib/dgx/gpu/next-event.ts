import { type EventEmitter, once } from 'node:events'

/** What the next event of this name carries; null when none came in time. Rejects when `signal` aborts. */
export async function nextEvent<Events extends Record<string, unknown[]>, Name extends string>(
  emitter: EventEmitter<Events>,
  name: Name,
  options: { timeoutMs: number; signal?: AbortSignal | undefined },
): Promise<Events[Name][0] | null> {
  const { timeoutMs, signal } = options
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    const [value] = await once(emitter as EventEmitter, name, {
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    })
    return value
  } catch (error) {
    signal?.throwIfAborted()
    if (timeout.aborted) return null
    throw error
  }
}
