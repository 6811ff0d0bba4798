import { describe, expect, it } from 'vitest'
import { linesOf, nearest, toGpuLines } from './columns'

describe('toGpuLines', () => {
  it('keeps the colour of an index when other GPUs are missing, and dashes the second eight', () => {
    const lines = toGpuLines([
      { uuid: 'c', index: 9 },
      { uuid: 'a', index: 1 },
      { uuid: 'a', index: 1 },
    ])
    expect(lines).toEqual([
      { uuid: 'a', label: 'GPU 1', colour: 2, isDashed: false },
      { uuid: 'c', label: 'GPU 9', colour: 2, isDashed: true },
    ])
  })

  it('puts a GPU whose index is not known last', () => {
    const lines = toGpuLines([
      { uuid: 'a', index: null },
      { uuid: 'b', index: 3 },
    ])
    expect(lines.map(({ label }) => label)).toEqual(['GPU 3', 'GPU ?'])
  })
})

describe('linesOf', () => {
  it('turns MiB into GiB in the band too, and leaves gaps', () => {
    const [line] = linesOf(
      {
        at: [0, 1],
        gpus: toGpuLines([{ uuid: 'a', index: 0 }]),
        metrics: {
          memory_used_mb: [{ average: [2048, null], least: [1024, null], greatest: [4096, null] }],
        },
      },
      'memory_used_mb',
      1 / 1024,
    )
    expect(line).toMatchObject({
      key: 'a',
      average: [2, null],
      least: [1, null],
      greatest: [4, null],
    })
  })
})

describe('nearest', () => {
  it.each([
    [-5, 0],
    [4, 0],
    [6, 1],
    [14, 1],
    [99, 2],
  ])('finds the sample nearest to %i s', (time, place) =>
    expect(nearest([0, 10, 20], time)).toBe(place),
  )
  it('finds none among none', () => expect(nearest([], 3)).toBe(-1))
})
