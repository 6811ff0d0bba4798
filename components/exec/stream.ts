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
  for await (const line of lines(response.body)) yield JSON.parse(line) as ExecEvent
}

async function* lines(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  for (;;) {
    const { value, done } = await reader.read()
    if (done) return
    const parts = (rest + decoder.decode(value, { stream: true })).split('\n')
    rest = parts.pop() ?? ''
    yield* parts
  }
}
