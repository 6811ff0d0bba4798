import fc, { type Arbitrary } from 'fast-check'
import { type JsonSchema, resolve } from '@/lib/api/json-schema'

/** Values that a JSON Schema allows, and ones that it may not. */

type Options = {
  components: Record<string, JsonSchema>
  /** Properties by name that have these values instead. */
  known?: Record<string, Arbitrary<unknown>>
}

/** What contains itself ends here. */
const DEEPEST = 6

const DATE_TIME = fc
  .date({
    min: new Date('1990-01-01T00:00:00Z'),
    max: new Date('2100-01-01T00:00:00Z'),
    noInvalidDate: true,
  })
  .map((date) => date.toISOString())

const WIDE = 2_147_483_647

/** What `schema` allows. */
export function valid(schema: JsonSchema, { components, known = {} }: Options) {
  const make = (given: JsonSchema | boolean, depth: number): Arbitrary<unknown> => {
    if (typeof given === 'boolean' || depth > DEEPEST) return fc.jsonValue({ maxDepth: 2 })
    const part = resolve(given, components)
    const choices = part.anyOf ?? part.oneOf
    if (choices) return fc.oneof(...choices.map((choice) => make(choice as JsonSchema, depth + 1)))
    if (part.const !== undefined) return fc.constant(part.const)
    if (part.enum) return fc.constantFrom(...part.enum)
    const types = [part.type ?? []].flat()
    if (types.length === 0) return fc.jsonValue({ maxDepth: 2 })
    return fc.oneof(...types.map((type) => ofType(type, part, depth)))
  }
  const ofType = (type: string, part: JsonSchema, depth: number): Arbitrary<unknown> => {
    switch (type) {
      case 'null':
        return fc.constant(null)
      case 'boolean':
        return fc.boolean()
      case 'integer':
        return fc.integer({ min: least(part), max: part.maximum ?? WIDE })
      case 'number':
        return fc.double({ min: least(part), max: part.maximum ?? WIDE, noNaN: true })
      case 'string':
        return text(part)
      case 'array':
        return fc.array(make((part.items ?? true) as JsonSchema, depth + 1), {
          minLength: part.minItems ?? 0,
          maxLength: Math.min(part.maxItems ?? 4, (part.minItems ?? 0) + 4),
        })
      default:
        return object(part, depth)
    }
  }
  const object = (part: JsonSchema, depth: number): Arbitrary<unknown> => {
    const { properties, required = [], additionalProperties } = part
    if (!properties && typeof additionalProperties === 'object') {
      const names = part.propertyNames ? text(part.propertyNames as JsonSchema) : fc.string()
      return fc.dictionary(names, make(additionalProperties as JsonSchema, depth + 1), {
        maxKeys: 4,
      })
    }
    const members = Object.entries(properties ?? {}).map(
      ([name, property]) => [name, known[name] ?? make(property as JsonSchema, depth + 1)] as const,
    )
    return fc.record(Object.fromEntries(members), { requiredKeys: required })
  }
  return make(schema, 0)
}

/** What is near to what `schema` allows, and what is far from it. */
export function invalid(schema: JsonSchema, options: Options) {
  const near = valid(schema, options)
  const { properties = {} } = resolve(schema, options.components)
  const names = Object.keys(properties).filter((name) => !(name in (options.known ?? {})))
  const name = fc.oneof(fc.constantFrom('colour', '__proto__', ...names), fc.string())
  return fc.oneof(
    fc.tuple(near, name, fc.jsonValue({ maxDepth: 3 })).map(([value, key, other]) => {
      // Through JSON, so that `__proto__` becomes a property.
      const members = Object.entries(Object(value)).filter(([member]) => member !== key)
      return JSON.parse(
        `{${[...members, [key, other]].map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v) ?? 'null'}`)}}`,
      )
    }),
    fc.jsonValue({ maxDepth: 3 }).filter((value) => value === null || typeof value !== 'object'),
    fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 3 }),
  )
}

function least({ minimum, exclusiveMinimum }: JsonSchema): number {
  return minimum ?? (typeof exclusiveMinimum === 'number' ? exclusiveMinimum + 0.001 : -WIDE)
}

function text({ pattern, format, minLength = 0, maxLength = 60 }: JsonSchema): Arbitrary<string> {
  if (format === 'date-time') return DATE_TIME
  if (pattern) return fc.stringMatching(new RegExp(pattern)).filter((t) => t.length <= maxLength)
  return fc.oneof(
    fc.string({ minLength, maxLength: Math.min(maxLength, minLength + 40) }),
    fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, minLength + 20) }),
  )
}
