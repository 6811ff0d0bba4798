import type { z } from 'zod'

const KINDS: Record<string, string> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
}

/**
 * What is wrong with a value, to follow its name, where its schema does not say it: zod's own words
 * are no part of a sentence.
 */
export const inputMessage: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? 'is required'
        : `must be ${KINDS[issue.expected] ?? issue.expected}${butIs(issue)}`
    case 'invalid_value':
      return issue.values.length > 1
        ? `must be one of ${issue.values.join(', ')}`
        : `must be ${JSON.stringify(issue.values[0])}`
    case 'too_small':
      if (issue.origin === 'string' && issue.minimum === 1) return 'is empty'
      return bound(issue.origin, issue.inclusive ? 'at least' : 'more than', issue.minimum)
    case 'too_big':
      return bound(issue.origin, issue.inclusive ? 'at most' : 'less than', issue.maximum)
    case 'invalid_union': {
      const messages = issue.errors.flat().map(({ message }) => message)
      return messages.length > 0 ? [...new Set(messages)].join('; or ') : undefined
    }
    case 'unrecognized_keys':
      return `${issue.keys.map((key) => JSON.stringify(key)).join(', ')} is not a field here`
    default:
      return undefined
  }
}

function bound(origin: string, how: string, limit: number | bigint): string {
  if (origin === 'string') return `must have ${how} ${limit} characters`
  if (origin === 'array') return `must have ${how} ${limit} items`
  return `must be ${how} ${limit}`
}

function butIs({ input, expected }: { input?: unknown; expected: string }): string {
  // Text of a query that is no number arrives as NaN, and a fraction is a number, too.
  if (typeof input === 'number' && ['number', 'int'].includes(expected)) return ''
  if (input === null) return ', not null'
  const kind = Array.isArray(input) ? 'array' : typeof input
  return `, not ${kind === 'boolean' ? input : (KINDS[kind] ?? kind)}`
}
