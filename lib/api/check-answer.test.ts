import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { DgxError } from '../dgx/errors'
import { checkAnswer, checkEvents } from './check-answer'
import type { Operation } from './operation'

const OPERATION: Operation = {
  id: 'getThing',
  summary: 'Get a thing',
  returns: z.strictObject({ name: z.string() }),
  events: z.strictObject({ type: z.literal('ping') }),
  files: { 'text/csv': 'name' },
  errors: ['job_not_found'],
}
const answered = (respond: () => Response) =>
  checkAnswer(OPERATION, async () => respond())(new Request('http://localhost/'), {
    params: Promise.resolve({}),
  })
const json = (data: unknown, init?: ResponseInit) => () =>
  Response.json({ success: true, data }, init)

describe('the check of answers in tests', () => {
  it('lets through what is described, and leaves it to be read', async () => {
    const answer = await answered(json({ name: 'x' }))
    expect((await answer.json()).data).toEqual({ name: 'x' })
    const csv = await answered(
      () => new Response('a', { headers: { 'content-type': 'text/csv; charset=utf-8' } }),
    )
    expect(await csv.text()).toBe('a')
  })

  it.each([
    ['a field that is not described', json({ name: 'x', secret: 1 })],
    ['a field of another type', json({ name: null })],
    ['a status that is not described', json({ name: 'x' }, { status: 201 })],
    ['a type that is not described', () => new Response('a')],
    [
      'an error that is not described',
      () => {
        throw new DgxError('name_taken', 'No.')
      },
    ],
  ])('makes a bug of %s', async (_, respond) => {
    await expect(answered(respond)).rejects.toThrow(/^getThing does not/)
  })

  it('passes on the errors that are described', async () => {
    const failing = answered(() => {
      throw new DgxError('job_not_found', 'There is none.')
    })
    await expect(failing).rejects.toThrow('There is none.')
  })

  it('looks at every event of a stream', async () => {
    async function* events() {
      yield { type: 'ping' }
      yield { type: 'pong' }
    }
    const checked = checkEvents(OPERATION, events())
    expect((await checked.next()).value).toEqual({ type: 'ping' })
    await expect(checked.next()).rejects.toThrow('getThing does not describe this event')
  })
})
