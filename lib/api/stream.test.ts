import { describe, expect, it, vi } from 'vitest'
import { log } from '../log'
import { streamResponse } from './stream'

describe('a stream of events', () => {
  it('takes a reader that leaves for the end, and not for a failure', async () => {
    const logged = vi.spyOn(log, 'error')
    const hangUp = new AbortController()
    let end = () => {}
    const hasEnded = new Promise<void>((resolve) => {
      end = resolve
    })
    async function* events() {
      try {
        yield { type: 'one' }
        await new Promise((resolve) => hangUp.signal.addEventListener('abort', resolve))
      } finally {
        end()
      }
    }
    const { body } = streamResponse(new Request('http://localhost'), 'ndjson', events())
    const reader = body?.getReader()
    const first = await reader?.read()
    expect(new TextDecoder().decode(first?.value)).toBe('{"type":"one"}\n')
    // The next event is waited for already.
    const cancelled = reader?.cancel()
    hangUp.abort()
    await Promise.all([cancelled, hasEnded])
    expect(logged).not.toHaveBeenCalled()
  })
})
