import { describe, expect, it } from 'vitest'
import { historyQuerySchema } from './schema'

const messages = (query: Record<string, string>) =>
  historyQuerySchema
    .safeParse(query)
    .error?.issues.map(({ path, message }) => [path.join('.'), message])

describe('historyQuerySchema', () => {
  it('has defaults', () => {
    expect(historyQuerySchema.parse({})).toEqual({ points: 300, format: 'json' })
  })

  it('reads what a query string holds', () => {
    expect(
      historyQuerySchema.parse({ hours: '0.25', gpu: '3', points: '2000', format: 'csv' }),
    ).toEqual({ hours: 0.25, gpu: 3, points: 2000, format: 'csv' })
    expect(
      historyQuerySchema.parse({
        from: '2026-03-01T08:00:00+02:00',
        to: '2026-03-01T08:00:00Z',
        gpu: 'GPU-1f',
      }),
    ).toMatchObject({
      from: new Date('2026-03-01T06:00:00Z'),
      to: new Date('2026-03-01T08:00:00Z'),
      gpu: 'GPU-1f',
    })
  })

  it.each([
    [{ hours: '0' }, 'hours', 'must be more than 0'],
    [{ hours: '' }, 'hours', 'must be more than 0'],
    [{ hours: 'day' }, 'hours', 'must be a number'],
    [{ hours: 'Infinity' }, 'hours', 'must be a number'],
    [{ hours: '8785' }, 'hours', 'can be at most 8784 (a year)'],
    [{ points: '0' }, 'points', 'must be at least 1'],
    [{ points: '2001' }, 'points', 'can be at most 2000'],
    [{ points: '1.5' }, 'points', 'must be a whole number'],
    [{ gpu: '' }, 'gpu', 'must be the index or the uuid of a GPU'],
    [{ format: 'xml' }, 'format', 'must be json or csv'],
    [{ from: 'yesterday' }, 'from', 'must be a time like 2026-03-01T08:00:00Z'],
    [{ to: '2026-03-01T08:00:00Z' }, 'from', 'is missing: to needs the start of the range'],
    [{ from: '2999-03-01T08:00:00Z' }, 'from', 'must be before now'],
    [{ from: '2026-03-01T08:00:00Z', to: '2026-03-01T08:00:00Z' }, 'from', 'must be before to'],
    [
      { from: '2024-03-01T08:00:00Z', to: '2026-03-01T08:00:00Z' },
      'from',
      'makes the range longer than 8784 hours (a year)',
    ],
    [
      { hours: '1', from: '2026-03-01T08:00:00Z' },
      'hours',
      'cannot be given together with from and to',
    ],
  ])('refuses %j', (query, path, message) => {
    expect(messages(query)).toEqual([[path, message]])
  })

  it('names a field that it does not know', () => {
    expect(messages({ hour: '1' })?.[0]?.[1]).toContain('hour')
  })
})
