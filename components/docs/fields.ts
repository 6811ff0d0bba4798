import type { JsonSchema } from '@/lib/api/json-schema'

/** One line of a table of fields. */
export type Field = { path: string; type: string; isRequired: boolean; description: string }

type Components = Record<string, JsonSchema>

/** Deeper ones are named by their type only. */
const DEEPEST = 4
/** A longer choice is shown by its name where it has one. */
const MOST_CHOICES = 16

/** The fields of an object, each followed by its own: `gpus[].health.status`. */
export function fieldsOf(
  schema: JsonSchema,
  components: Components,
  prefix = '',
  depth = 0,
): Field[] {
  const { properties = {}, required = [] } = resolved(schema, components)
  return Object.entries(properties).flatMap(([name, property]) => {
    const part = property as JsonSchema
    const path = `${prefix}${name}`
    const inner = objectIn(part, components)
    return [
      {
        path,
        type: typeOf(part, components),
        isRequired: required.includes(name),
        description: part.description ?? resolved(part, components).description ?? '',
      },
      ...(inner && depth < DEEPEST
        ? fieldsOf(inner.schema, components, `${path}${inner.isList ? '[]' : ''}.`, depth + 1)
        : []),
    ]
  })
}

/** A type in words: `string | null`, `GpuSample[]`, `ok | failed`, `integer 1..1000 = 100`. */
export function typeOf(schema: JsonSchema, components: Components): string {
  const { anyOf, oneOf, allOf, type, items, ...rest } = resolved(schema, components)
  const of = (part: unknown) => typeOf(part as JsonSchema, components)
  if (rest.const !== undefined) return JSON.stringify(rest.const)
  if (rest.enum) {
    const id = rest.enum.length > MOST_CHOICES ? idOf(schema) : undefined
    return id ?? rest.enum.map(String).join(' | ')
  }
  const choices = anyOf ?? oneOf ?? allOf
  if (choices) return [...new Set(choices.map(of))].join(' | ')
  if (type === 'array') return items ? `${bracketed(of(items))}[]` : 'array'
  if (type === 'object') return idOf(schema) ?? 'object'
  if (type === undefined) return 'any'
  return `${[type].flat().join(' | ')}${rangeOf(rest)}`
}

function rangeOf({ format, minimum, maximum, maxLength, ...rest }: JsonSchema): string {
  const range =
    minimum === undefined && maximum === undefined ? '' : ` ${minimum ?? ''}..${maximum ?? ''}`
  const length = maxLength === undefined ? '' : ` up to ${maxLength}`
  const preset = rest.default === undefined ? '' : ` = ${JSON.stringify(rest.default)}`
  return `${format === 'date-time' ? ' (time)' : ''}${range}${length}${preset}`
}

/** The object that a field is, may be, or is a list of. */
function objectIn(
  schema: JsonSchema,
  components: Components,
): { schema: JsonSchema; isList: boolean } | null {
  const part = resolved(schema, components)
  if (part.properties) return { schema: part, isList: false }
  if (part.type === 'array' && part.items) {
    const inner = objectIn(part.items as JsonSchema, components)
    return inner && { ...inner, isList: true }
  }
  const [choice, ...others] = (part.anyOf ?? []).filter(
    (one) => (one as JsonSchema).type !== 'null',
  )
  return choice && others.length === 0 ? objectIn(choice as JsonSchema, components) : null
}

function resolved(schema: JsonSchema, components: Components): JsonSchema {
  const id = idOf(schema)
  return id === undefined ? schema : { ...components[id], ...schema, $ref: undefined }
}

function idOf({ $ref }: JsonSchema): string | undefined {
  return $ref?.split('/').at(-1)
}

const bracketed = (text: string) => (text.includes(' ') ? `(${text})` : text)
