import { readdirSync } from 'node:fs'
import path from 'node:path'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { describe, expect, it } from 'vitest'
import { type Described, METHODS } from '@/lib/api/handler'
import { describeApi } from './describe'

const api = path.resolve(import.meta.dirname, '..')

/** Every route of the API, apart from the one that answers for what is not there. */
const routes = readdirSync(api, { recursive: true, encoding: 'utf8' })
  .filter((file) => path.basename(file) === 'route.ts' && !file.startsWith('[...'))
  .map((file) => ({
    file,
    address: `/api/${path.dirname(file)}`.replace(/\[(\w+)\]/g, '{$1}'),
  }))

describe('the OpenAPI description', () => {
  it.each(routes)('has every operation of $file', async ({ file, address }) => {
    const route = (await import(path.join(api, file))) as Record<string, Described>
    const own = METHODS.flatMap((method) => route[method]?.operation ?? [])
    expect(own.length).toBeGreaterThan(0)
    for (const { returns, events, files } of own) {
      expect(returns ?? events ?? files, 'what it answers').toBeDefined()
    }
    const described = Object.values(describeApi().paths[address] ?? {})
    expect(described.map(({ operationId }) => operationId)).toEqual(own.map(({ id }) => id))
  })

  it('has no address without a route, but for what the server and MCP answer', () => {
    const addresses = [...routes.map(({ address }) => address), '/api/login', '/api/logout', '/mcp']
    expect(Object.keys(describeApi().paths).toSorted()).toEqual(addresses.toSorted())
  })

  it('has examples of what may be sent that are taken as they are', async () => {
    for (const { file, address } of routes) {
      const route = (await import(path.join(api, file))) as Record<string, Described>
      for (const method of METHODS) {
        const { id = '', body } = route[method]?.operation ?? {}
        if (!body) continue
        const described = describeApi().paths[address]?.[method.toLowerCase()]
        const example = described?.requestBody?.content['application/json']?.example
        expect([id, body.safeParse(example).error?.issues]).toEqual([id, undefined])
        // Made up of types alone: nobody's name is "text".
        expect(JSON.stringify(example), id).not.toContain('"text"')
      }
    }
  })

  it('passes the recommended rules of a linter', async () => {
    const problems = await lintFromString({
      source: JSON.stringify(describeApi()),
      absoluteRef: '/openapi.json',
      config: await createConfig({ extends: ['recommended'] }),
    })
    expect(
      problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer]),
    ).toEqual([])
  })

  it('has every change in the audit trail, but for measurements and checks', async () => {
    const changes = await Promise.all(
      routes.map(async ({ file }) => {
        const route = (await import(path.join(api, file))) as Record<string, Described>
        return METHODS.slice(1).flatMap((method) => route[method]?.operation ?? [])
      }),
    )
    const unheard = changes.flat().filter(({ audit }) => audit === undefined)
    expect(unheard.map(({ id }) => id)).toEqual(['addJobMetrics', 'checkCommand'])
  })

  it('gives each operation a name of its own', () => {
    const ids = Object.values(describeApi().paths).flatMap((operations) =>
      Object.values(operations).map(({ operationId }) => operationId),
    )
    expect(ids).toEqual([...new Set(ids)])
  })
})
