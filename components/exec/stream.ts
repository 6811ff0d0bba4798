import { jsonLines } from '../json-lines'
import { type ExecRequest, requestBody } from './request'

export type ExecEvent =
  | { type: 'start' }
  | { type: 'stdout' | 'stderr'; data: string }
  | {
      type: 'exit'
      code: number | null
      signal: string | null
      timed_out: boolean
      duration_ms: number
    }
  | { type: 'error'; error: string }

/**
 * Runs a command and yields what it says as it comes; aborting `signal` ends it on the machine.
 * A failure of the API is an `error` like one in the middle.
 */
export async function* streamExec(
  connectionId: string,
  request: ExecRequest,
  signal: AbortSignal,
): AsyncGenerator<ExecEvent> {
  const response = await fetch(`/api/dgx/exec/${connectionId}`, {
    method: 'POST',
    headers: { accept: 'application/x-ndjson', 'content-type': 'application/json' },
    body: requestBody(request),
    signal,
  })
  if (!response.ok || !response.body) {
    const failure = (await response.json()) as { error: string }
    yield { type: 'error', error: failure.error }
    return
  }
  yield* jsonLines<ExecEvent>(response.body)
}
