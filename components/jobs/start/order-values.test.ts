import { describe, expect, it } from 'vitest'
import { durationText, EMPTY_ORDER, readDuration, toOrder } from './order-values'

describe('toOrder', () => {
  it('asks for one GPU on the machine of the project, and is called as its command', () => {
    const { body, problems } = toOrder({
      ...EMPTY_ORDER,
      command: ' python train.py\n',
      project_id: 'p',
    })
    expect(problems).toEqual({})
    expect(body).toMatchObject({
      command: 'python train.py',
      name: 'python train.py',
      project_id: 'p',
      connection_ids: null,
      gpus: 1,
      gpu_indices: null,
      timeout_s: null,
      start: true,
    })
  })

  it('reads lists, variables, times and JSON', () => {
    const { body } = toOrder({
      ...EMPTY_ORDER,
      command: 'true',
      gpus: '7',
      gpu_indices: '2, 3',
      env: 'A=1=2\n\nexport B= x',
      tags: 'vit, vit,sweep',
      timeout: '1 h 30 min',
      min_gpu_memory_gb: '40',
      config: '{"lr": 0.1}',
    })
    expect(body).toMatchObject({
      gpus: 2,
      gpu_indices: [2, 3],
      env: { A: '1=2', B: ' x' },
      tags: ['vit', 'sweep'],
      timeout_s: 5400,
      min_gpu_memory_mb: 40_960,
      config: { lr: 0.1 },
    })
  })

  it('says beside each field what cannot be read', () => {
    const { problems } = toOrder({
      ...EMPTY_ORDER,
      place: 'these',
      gpu_indices: '0, x',
      env: 'novalue',
      timeout: 'soon',
      config: '[1]',
      priority: 'high',
    })
    expect(Object.keys(problems).sort()).toEqual(
      ['config', 'env', 'gpu_indices', 'place', 'priority', 'timeout'].sort(),
    )
  })
})

it.each([
  ['90', 90],
  ['2h', 7200],
  ['1 d 12 h', 129_600],
  ['0.5 h', 1800],
])('reads %s as %i s', (text, seconds) => {
  expect(readDuration(text)).toBe(seconds)
})

it('writes a time as it can be read again', () => {
  expect(durationText(129_605)).toBe('1 d 12 h 5 s')
  expect(readDuration(durationText(129_605))).toBe(129_605)
})
