import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'

export type JsonSchema = z.core.JSONSchema.JSONSchema

const REFERENCE = '#/components/schemas/'

/** Writes zod schemas as JSON Schema; those with an id become components, which it collects. */
export class SchemaWriter {
  readonly components: Record<string, JsonSchema> = {}

  /** @param io what may be sent, or what is answered */
  write(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    // Inside of an object, so that a schema with an id is referred to.
    const wrapped = z.toJSONSchema(z.object({ schema }), {
      io,
      override: ({ zodSchema, jsonSchema }) => {
        // Zod takes the examples of what is changed as it is read for those of the result.
        const examples = z.globalRegistry.get(zodSchema)?.['examples']
        if (io === 'input' && Array.isArray(examples)) jsonSchema.examples = examples
        tidy(jsonSchema, io)
      },
    })
    const { $defs = {}, properties = {} } = JSON.parse(
      JSON.stringify(wrapped).replaceAll('"#/$defs/', `"${REFERENCE}`),
    ) as JsonSchema
    for (const [id, component] of Object.entries($defs)) {
      const before = this.components[id]
      if (before && !isDeepStrictEqual(before, component)) {
        throw new Error(`Two different schemas have the id ${id}.`)
      }
      this.components[id] = component
    }
    return properties['schema'] as JsonSchema
  }
}

/** The component that a reference names; any other schema as it is. */
export function resolve(schema: JsonSchema, components: Record<string, JsonSchema>): JsonSchema {
  const id = componentId(schema)
  return (id !== undefined && components[id]) || schema
}

export function componentId({ $ref }: JsonSchema): string | undefined {
  return $ref?.startsWith(REFERENCE) ? $ref.slice(REFERENCE.length) : undefined
}

/** Takes out what says nothing to a reader. */
function tidy(schema: JsonSchema, io: 'input' | 'output'): void {
  if (schema.format === 'date-time') delete schema.pattern
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum
  if (isDeepStrictEqual(schema.propertyNames, { type: 'string' })) delete schema.propertyNames
  // A later version may answer more; a client must not break on it.
  if (io === 'output' && schema.additionalProperties === false) delete schema.additionalProperties
}

/** An example made of those that the schema has, of its defaults and its first choices. */
export function exampleOf(schema: JsonSchema, components: Record<string, JsonSchema>): unknown {
  const { examples, anyOf, oneOf, type, properties, items, ...rest } = resolve(schema, components)
  if (examples?.[0] !== undefined) return examples[0]
  if (rest.const !== undefined) return rest.const
  if (rest.default !== undefined) return rest.default
  if (rest.enum?.[0] !== undefined) return rest.enum[0]
  const choice = anyOf?.[0] ?? oneOf?.[0]
  if (choice) return exampleOf(choice as JsonSchema, components)
  if (type === 'array') return [exampleOf(items as JsonSchema, components)]
  if (type === 'object') {
    return Object.fromEntries(
      Object.entries(properties ?? {}).map(([name, property]) => [
        name,
        exampleOf(property as JsonSchema, components),
      ]),
    )
  }
  if (Array.isArray(type)) return null
  if (type === 'boolean') return false
  if (rest.format === 'date-time') return '2026-11-23T19:48:31.120Z'
  return type === 'string' ? 'text' : (rest.minimum ?? 1)
}
