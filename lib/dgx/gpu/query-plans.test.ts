import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Prisma } from '../../db/generated/client'
import { createTestDatabase } from '../../db/test-database'
import { writeCursor } from '../pagination'
import { healthWithoutReading } from './health'
import { readHealthEvents } from './health-events'
import { HealthLog } from './health-log'
import { getHistory } from './history'
import { addMachine, DAY, HOUR, MINUTE, machineSample, RETENTION } from './history.fixtures'
import { readHostHistory } from './host-history'
import { Retention, removeMetrics } from './retention'
import { RollUp } from './rollup'
import { MetricStore } from './store'

const NOW = Date.UTC(2026, 8, 1, 12)

describe('the statements on samples', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>
  let plans: Array<{ sql: string; steps: string[] }>
  beforeEach(async () => {
    database = await createTestDatabase()
    plans = []
  })
  afterEach(() => database.close())

  /** The database; the plan of each statement is noted before it runs. */
  function explained() {
    const { client } = database
    return new Proxy(client, {
      get: (target, name) => {
        // What is explained is no longer lazy, as a transaction would need it to be.
        if (name === '$transaction') return (all: Array<Promise<unknown>>) => Promise.all(all)
        if (name !== '$queryRaw' && name !== '$executeRaw') return Reflect.get(target, name)
        return async (strings: TemplateStringsArray, ...values: unknown[]) => {
          const { sql, values: parameters } = Prisma.sql(strings, ...values)
          const steps = await client.$queryRawUnsafe<Array<{ detail: string }>>(
            `EXPLAIN QUERY PLAN ${sql}`,
            ...parameters,
          )
          plans.push({ sql, steps: steps.map(({ detail }) => detail) })
          return name === '$queryRaw'
            ? target.$queryRaw(strings, ...values)
            : target.$executeRaw(strings, ...values)
        }
      },
    })
  }

  it('find samples and averages by their keys, never by reading a whole table', async () => {
    await addMachine(database.client, 'lab', 2, NOW)
    const onError = (error: unknown) => {
      throw error
    }
    const options = { database: explained(), now: () => NOW, onError, retention: RETENTION }
    const store = new MetricStore(options)
    store.record('lab', machineSample(NOW, [{ gpu_utilization: 1 }], { load_1m: 1 }))
    await store.flush()
    const earlier = new MetricStore({ ...options, now: () => NOW - 4 * HOUR })
    earlier.record('lab', machineSample(NOW - 4 * HOUR, [{ gpu_utilization: 1 }], { load_1m: 1 }))
    await earlier.flush()
    const log = new HealthLog(options)
    await log.load('lab')
    log.record('lab', machineSample(NOW, [{ health: healthWithoutReading('gpu_lost') }]))
    await log.flush()
    await new RollUp(options).run()
    await new Retention(options).run()
    for (const days of [MINUTE / DAY, 2, 20, 366]) {
      const request = { connectionId: 'lab', hours: days * 24, points: 300, now: new Date(NOW) }
      await getHistory({ ...options, ...request })
      await readHostHistory({ ...options, ...request })
    }
    const { next_cursor } = await readHealthEvents({ ...options, connectionId: 'lab', limit: 1 })
    expect(next_cursor).toBeNull()
    await readHealthEvents({
      ...{ database: options.database, connectionId: 'lab', limit: 1 },
      ...{ before: new Date(NOW), cursor: writeCursor([NOW, 1]) },
    })
    await removeMetrics({ database: options.database, connectionId: 'lab' })
    const verbs = plans.map(({ sql }) => /SELECT|INSERT|DELETE/.exec(sql)?.[0])
    expect(new Set(verbs)).toEqual(new Set(['SELECT', 'INSERT', 'DELETE']))
    const scans = plans.filter(({ steps }) =>
      steps.some((step) =>
        /^SCAN (?:s|r|e|k|n|dgx_metrics|dgx_host_metrics|\w+_rollups)\b(?! VIRTUAL)/.test(step),
      ),
    )
    expect(scans).toEqual([])
    // A page of a long list is read from the index in its order, not sorted.
    const pages = plans.filter(({ sql }) => sql.includes('ORDER BY e.changed_at'))
    expect(pages).toHaveLength(2)
    expect(pages.flatMap(({ steps }) => steps).join()).not.toContain('TEMP B-TREE')
    const searches = plans.flatMap(({ steps }) => steps).filter((step) => step.startsWith('SEARCH'))
    expect(new Set(searches).size).toBeGreaterThan(5)
  })
})
