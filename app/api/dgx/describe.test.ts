import { createConfig, lintFromString } from '@redocly/openapi-core'
import { describe, expect, it } from 'vitest'
import { describeApi } from './describe'

describe('the OpenAPI description', () => {
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

  it('gives each operation a name of its own', () => {
    const ids = Object.values(describeApi().paths).flatMap((path) =>
      Object.values(path).map(({ operationId }) => operationId),
    )
    expect(ids).toEqual([...new Set(ids)])
  })
})
