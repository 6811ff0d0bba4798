import { describe, expect, it } from 'vitest'
import { cellNumber, findBusId, notAValue, printable, splitRow } from './csv'

describe('notAValue', () => {
  it.each([
    '',
    '-',
    'N/A',
    '[N/A]',
    '[Not Supported]',
    'not supported',
    '[Insufficient Permissions]',
    '[Requested functionality has been deprecated]',
    '[Not Found]',
    '[Some New Phrase]',
  ])('takes %j for a value that the driver does not offer', (cell) => {
    expect(notAValue(cell)).toEqual({ reason: 'absent', fault: null })
  })

  it.each([
    ['[Unknown Error]', 'gpu_unknown_error'],
    ['Unknown Error', 'gpu_unknown_error'],
    ['ERR!', 'gpu_unknown_error'],
    ['[GPU is lost]', 'gpu_lost'],
    ['[GPU requires reset]', 'gpu_requires_reset'],
    ['[Some New Failure]', 'gpu_unknown_error'],
  ])('takes %j for a fault', (cell, fault) => {
    expect(notAValue(cell)).toEqual({ reason: 'fault', fault })
  })

  it.each(['0', '-4', '81920', 'NVIDIA GB10', 'P0', 'No', 'None', 'Disabled'])(
    'lets %j be a value',
    (cell) => {
      expect(notAValue(cell)).toBeNull()
    },
  )
})

describe('cellNumber', () => {
  it.each([
    ['0', 0],
    ['58.31', 58.31],
    ['0x0000000000000044', 0x44],
    ['8192 MiB', 8192],
    ['95 %', 95],
    ['12.5 W', 12.5],
  ])('reads %j', (cell, value) => {
    expect(cellNumber(cell)).toBe(value)
  })

  it.each(['', 'P0', '12 apples', 'Infinity', 'NaN', '1.2.3'])(
    'gives null, not 0, for %j',
    (cell) => {
      expect(cellNumber(cell)).toBeNull()
    },
  )
})

describe('splitRow', () => {
  it('gives commas too many to the name', () => {
    expect(splitRow('0, GPU, Model X, rev 2, 5', 4, 2)).toEqual(['0', 'GPU', 'Model X, rev 2', '5'])
  })
  it('refuses a row of another length', () => {
    expect(splitRow('0, 1', 3, 1)).toBeNull()
    expect(splitRow('0, 1, 2, 3', 3, -1)).toBeNull()
  })
})

describe('findBusId', () => {
  it.each([
    ['00000000:41:00.0', '00000000:41:00.0'],
    ['device handle for GPU0000:41:00.0: GPU is lost.', '00000000:41:00.0'],
    ['device handle for GPU1: 0000:c1:00.0: Unknown Error', '00000000:C1:00.0'],
    ['0000000f:01:00.0', '0000000F:01:00.0'],
  ])('finds it in %j', (text, busId) => {
    expect(findBusId(text)).toBe(busId)
  })
  it('gives null where there is none', () => {
    expect(findBusId('at 12:30:45 nothing happened')).toBeNull()
  })
})

it('printable text has no control characters and a bounded length', () => {
  expect(printable('\u001b[2Jrm\n-rf\u0007', 100)).toBe('[2Jrm -rf')
  expect(printable('x'.repeat(50), 10)).toBe(`${'x'.repeat(10)}…`)
})
