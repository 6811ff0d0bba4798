import { expect, it } from 'vitest'
import { z } from 'zod'
import { inputMessage } from './input-message'

it.each<[string, z.ZodType, unknown]>([
  ['is required', z.string(), undefined],
  ['must be a string, not a number', z.string(), 5],
  ['must be a string, not null', z.string(), null],
  ['must be true or false, not a string', z.boolean(), 'yes'],
  ['must be an object, not a list', z.record(z.string(), z.unknown()), []],
  ['"b" is not a field here', z.strictObject({}), { b: 1 }],
  ['must be an object, not a string', z.strictObject({}), 'x'],
  ['must be a list, not true', z.array(z.string()), true],
  ['must be a number', z.coerce.number(), 'abc'],
  ['must be a whole number', z.int(), 1.5],
  ['must be one of pending, running', z.enum(['pending', 'running']), 'done'],
  ['must be "any"', z.literal('any'), 'all'],
  ['is empty', z.string().min(1), ''],
  ['must have at most 2 characters', z.string().max(2), 'abc'],
  ['must have at least 2 items', z.array(z.string()).min(2), ['a']],
  ['must be at least 1', z.number().min(1), 0],
  ['must be more than 0', z.number().positive(), 0],
  [
    'must be "any"; or must be a list, not a number',
    z.union([z.literal('any'), z.array(z.string())]),
    5,
  ],
])('says: %s', (message, schema, value) => {
  const { error } = schema.safeParse(value, { error: inputMessage })
  expect(error?.issues.map((issue) => issue.message)).toEqual([message])
})
