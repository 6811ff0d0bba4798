import { describe, expect, it } from 'vitest'
import type { JsonSchema } from '@/lib/api/json-schema'
import { curlOf } from './curl'
import { fieldsOf } from './fields'

const GPU: JsonSchema = {
  type: 'object',
  properties: {
    index: { type: ['number', 'null'] },
    health: {
      type: 'object',
      properties: { status: { enum: ['ok', 'fault'] } },
      required: ['status'],
    },
  },
  required: ['index', 'health'],
}
const components = { Gpu: GPU, Node: {} as JsonSchema }
components.Node = {
  type: 'object',
  properties: { next: { $ref: '#/components/schemas/Node' } },
}

describe('the table of fields', () => {
  it('lists an object with what is in it, through lists, references and null', () => {
    const schema: JsonSchema = {
      type: 'object',
      properties: {
        gpus: { type: 'array', items: { $ref: '#/components/schemas/Gpu' } },
        best: { anyOf: [{ $ref: '#/components/schemas/Gpu' }, { type: 'null' }] },
        limit: { type: 'integer', minimum: 1, maximum: 9, default: 3, description: 'Most.' },
      },
      required: ['gpus'],
    }
    expect(fieldsOf(schema, components)).toEqual(
      [
        ['gpus', 'Gpu[]', true, ''],
        ['gpus[].index', 'number | null', true, ''],
        ['gpus[].health', 'object', true, ''],
        ['gpus[].health.status', 'ok | fault', true, ''],
        ['best', 'Gpu | null', false, ''],
        ['best.index', 'number | null', true, ''],
        ['best.health', 'object', true, ''],
        ['best.health.status', 'ok | fault', true, ''],
        ['limit', 'integer 1..9 = 3', false, 'Most.'],
      ].map(([path, type, isRequired, description]) => ({ path, type, isRequired, description })),
    )
  })

  it('ends for what contains itself', () => {
    expect(fieldsOf({ $ref: '#/components/schemas/Node' }, components).length).toBeLessThan(10)
  })
})

describe('a call as curl', () => {
  it('has the examples of path, query and body, quoted for a shell', () => {
    const curl = curlOf({
      origin: 'http://127.0.0.1:3939',
      method: 'post',
      path: '/api/dgx/exec/{id}',
      operation: {
        operationId: 'run',
        summary: 'Run',
        tags: [],
        parameters: [
          { name: 'id', in: 'path', required: true, schema: {}, example: 'Lab DGX' },
          { name: 'limit', in: 'query', required: false, schema: {} },
        ],
        requestBody: {
          required: true,
          content: { 'application/json': { schema: {}, example: { command: "echo 'a'" } } },
        },
        responses: {},
      },
    })
    expect(curl).toBe(
      `curl -X POST 'http://127.0.0.1:3939/api/dgx/exec/Lab%20DGX' -d '{"command":"echo '\\''a'\\''"}'`,
    )
  })
})
