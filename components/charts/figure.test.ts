import { expect, it } from 'vitest'
import { figure } from './figure'

it.each([
  [0.34214, '0.3421'],
  [0.0003, '0.0003'],
  [1.2e-7, '1.20e-7'],
  [0, '0'],
  [-12.346, '-12.35'],
  [48_210, '48,210'],
  [3.1e12, '3.10e12'],
])('writes %d as %s', (value, text) => expect(figure(value)).toBe(text))
