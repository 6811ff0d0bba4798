import { z } from 'zod'
import { inputMessage } from './input-message'
import { quote } from './ssh/quote'

/** Fields that several nouns share. */

// Of every schema: what is wrong is also told by others, such as the SDK of MCP.
z.config({ customError: inputMessage })

const CONTROL = /[\p{Cc}\p{Cs}]/u

/** One line of text: trimmed, no control characters, no halves of characters. */
export const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1, 'is empty')
    .max(most, `is longer than ${most} characters`)
    .refine((text) => !CONTROL.test(text), 'must not contain control characters')

export const name = line(200)

/** Free text; line breaks are welcome, NUL and halves of characters are not. */
export const text = (most: number) =>
  z
    .string()
    .max(most, `is longer than ${most} characters`)
    .refine((value) => !value.includes('\0') && value.isWellFormed(), 'must be text without NUL')

const noNul = (value: string) => !value.includes('\0')
const NUL = 'must not contain a NUL character'

/** A value that goes to a machine: any text that an argument can hold. */
export const argument = z.string().refine(noNul, NUL)

/**
 * What runs on a machine: text for its shell, or the arguments as a list, which are quoted here so
 * that each arrives as it is.
 */
export const command = z
  .union(
    [
      z.string(),
      z
        .array(argument)
        .min(1)
        .transform((words) => words.map(quote).join(' ')),
    ],
    {
      error: ({ input }) =>
        input === undefined ? 'is required' : 'must be a string, or a list of strings, without NUL',
    },
  )
  .pipe(argument.refine((text) => text.trim() !== '', 'is empty'))

/** Environment variables. */
export const environment = z.record(
  z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is not a name of a variable'),
  argument,
)

/** A JSON object, given back as it came. */
export const jsonObject = z.record(z.string(), z.unknown())

/** A reference by id or exact name. */
export const reference = z.string().min(1, 'is empty').max(400)

/** What a name should contain. */
export const searchText = z.string().trim().max(200, 'is longer than 200 characters')

/** One word or several, with commas between them. */
export const words = <S extends z.ZodType<string, string>>(word: S) =>
  z
    .string()
    .transform((value) => value.split(',').map((part) => part.trim()))
    .pipe(z.array(word).max(50, 'names more than 50'))

/** A moment in an answer: UTC with `Z`. */
export const moment = z.iso.datetime()

/** What a DELETE answers. */
export const deleted = z
  .strictObject({ deleted: z.string().describe('Its id.') })
  .meta({ id: 'Deleted', examples: [{ deleted: '3f0c2a5e-7d41-4b7e-9a55-1c2e8f60b9d4' }] })

/** A moment in a query. */
export const time = z.iso
  .datetime({
    offset: true,
    // Else the checks that follow would meet the text that is no time.
    abort: true,
    error: 'must be a time like 2026-03-01T08:00:00Z',
  })
  .transform((text) => new Date(text))

export const queryFlag = z
  .enum(['true', 'false', '1', '0'])
  .default('false')
  .transform((value) => value === 'true' || value === '1')

/**
 * Lets a record be sent back as GET gave it: its own read-only fields are taken out before the
 * strict schema looks for unknown ones.
 */
export function ignoring<S extends z.ZodType>(readOnly: readonly string[], schema: S) {
  return z.preprocess((value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    return Object.fromEntries(Object.entries(value).filter(([key]) => !readOnly.includes(key)))
  }, schema)
}
