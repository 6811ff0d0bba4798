import type { z } from 'zod'
import { DgxError } from '../dgx/errors'

/** Fields by their way from the answer: `['gpus', 'index']`. */
export type FieldPaths = readonly (readonly string[])[]

/**
 * Reads `name,status,gpus.index`.
 * @throws DgxError invalid_request for a field that the schema does not have, with those it has
 */
export function readFields(text: string, schema: z.ZodType): FieldPaths {
  const paths = text.split(',').map((path) => path.trim().split('.'))
  for (const path of paths) checkPath(schema, path)
  return paths
}

type Shape = Record<string, z.ZodType>

/** The fields of an object, of what is in a list, or of what is made of what is read; else null. */
export function shapeOf(schema: z.ZodType): Shape | null {
  // What zod says of its own kinds, as its JSON Schema writer reads it.
  const { def } = schema as z.ZodType & {
    def: { shape?: Shape; element?: z.ZodType; innerType?: z.ZodType; out?: z.ZodType }
  }
  if (def.shape) return def.shape
  const inner = def.element ?? def.innerType ?? def.out
  return inner ? shapeOf(inner) : null
}

function checkPath(schema: z.ZodType, path: readonly string[]): void {
  let shape = shapeOf(schema)
  for (const [depth, name] of path.entries()) {
    // What is no object of ours, such as a `config`, may have any field.
    if (!shape) return
    const inner: z.ZodType | undefined = Object.hasOwn(shape, name) ? shape[name] : undefined
    if (!inner) {
      const where = depth === 0 ? 'There' : `In ${path.slice(0, depth).join('.')} there`
      throw new DgxError(
        'invalid_request',
        `"fields" asks for ${path.join('.').slice(0, 100)}. ${where} are: ${Object.keys(shape).join(', ')}.`,
        { details: [{ path: 'fields', message: `${name.slice(0, 100)} is not a field` }] },
      )
    }
    shape = shapeOf(inner)
  }
}

/** Only some fields of an answer; of a list, in each row. */
export function selectFields(value: unknown, paths: FieldPaths): unknown {
  if (Array.isArray(value)) return value.map((item) => selectFields(item, paths))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => {
      const deeper = paths.filter(([first]) => first === name).map(([, ...rest]) => rest)
      if (deeper.length === 0) return []
      return [
        [name, deeper.some((rest) => rest.length === 0) ? inner : selectFields(inner, deeper)],
      ]
    }),
  )
}
