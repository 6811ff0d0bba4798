import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closeDatabase } from '../../db/client'
import { createTestDatabase } from '../../db/test-database'
import { getJobActivity } from './activity'
import { listJobs } from './records'
import { jobListQuery } from './schema'

const JOBS = [
  { name: 'alpha 100%', status: 'running', started: 50 },
  { name: 'Beta_1', status: 'failed', started: 10 },
  { name: 'beta-1', status: 'completed', started: 20 },
  { name: 'gamma', status: 'pending', started: null },
  { name: 'Delta', status: 'pending', started: null },
  { name: 'epsilon', status: 'completed', started: 20 },
]
const ALL = JOBS.map(({ name }) => name)

describe('the list of jobs', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>
  const urlBefore = process.env.DATABASE_URL

  beforeAll(async () => {
    database = await createTestDatabase()
    process.env.DATABASE_URL = database.url
    await closeDatabase()
    const times = { created_at: new Date(1), updated_at: new Date(1) }
    for (const id of ['p1', 'p2', 'p3'])
      await database.client.project.create({ data: { id, name: id, config: {}, ...times } })
    for (const [i, { name, status, started }] of JOBS.entries())
      await database.client.job.create({
        data: {
          id: `j${i}`,
          name,
          status,
          project_id: i < 2 ? 'p1' : 'p2',
          config: {},
          metrics: {},
          started_at: started === null ? null : new Date(started),
          created_at: new Date(1000 + Math.floor(i / 2)),
          updated_at: new Date(2000 + i),
        },
      })
  })
  afterAll(async () => {
    await closeDatabase()
    if (urlBefore === undefined) delete process.env.DATABASE_URL
    else process.env.DATABASE_URL = urlBefore
    await database.close()
  })

  const names = async (query: Record<string, string>) =>
    (await listJobs(jobListQuery.parse(query))).items.map(({ name }) => name)

  it('finds a part of the name in any case, and takes % and _ for themselves', async () => {
    expect(await names({ search: 'BETA' })).toEqual(['beta-1', 'Beta_1'])
    expect(await names({ search: '_' })).toEqual(['Beta_1'])
    expect(await names({ search: '0%' })).toEqual(['alpha 100%'])
    expect(await names({ search: '\\' })).toEqual([])
  })

  it('filters by one status or several, by project, and by all of it together', async () => {
    expect(await names({ status: 'pending' })).toEqual(['Delta', 'gamma'])
    expect(await names({ status: 'failed,running', sort: 'name' })).toEqual([
      'alpha 100%',
      'Beta_1',
    ])
    expect(await names({ status: 'completed', project_id: 'p2', search: 'b' })).toEqual(['beta-1'])
    expect(jobListQuery.safeParse({ status: 'running,asleep' }).success).toBe(false)
  })

  it('sorts both ways, with what never started at the end', async () => {
    const byName = ['alpha 100%', 'beta-1', 'Beta_1', 'Delta', 'epsilon', 'gamma']
    expect(await names({ sort: 'name' })).toEqual(byName)
    expect(await names({ sort: '-name' })).toEqual(byName.toReversed())
    expect(await names({ sort: 'started' })).toEqual([
      'Beta_1',
      'beta-1',
      'epsilon',
      'alpha 100%',
      'gamma',
      'Delta',
    ])
    expect((await names({ sort: '-started' })).slice(0, 1)).toEqual(['alpha 100%'])
    expect((await names({ sort: '-started' })).slice(4)).toEqual(['Delta', 'gamma'])
    expect(await names({})).toEqual(['epsilon', 'Delta', 'gamma', 'beta-1', 'Beta_1', 'alpha 100%'])
  })

  it.each(['created', '-created', 'started', '-started', 'name', '-name', 'status', '-status'])(
    'gives every job once over pages of any size, by %s',
    async (sort) => {
      for (const limit of [1, 2, 4]) {
        const seen: string[] = []
        let cursor: string | null = null
        do {
          const page = await listJobs(
            jobListQuery.parse({ sort, limit, ...(cursor ? { cursor } : {}) }),
          )
          expect(page.total).toBe(JOBS.length)
          expect(page.items.length).toBeGreaterThan(0)
          seen.push(...page.items.map(({ name }) => name))
          cursor = page.next_cursor
        } while (cursor !== null)
        expect(seen).toEqual(await names({ sort }))
        expect(seen.toSorted()).toEqual(ALL.toSorted())
      }
    },
  )

  it('refuses the cursor of another order', async () => {
    const { next_cursor } = await listJobs(jobListQuery.parse({ limit: 1, sort: 'name' }))
    await expect(
      listJobs(jobListQuery.parse({ limit: 1, sort: '-name', cursor: next_cursor })),
    ).rejects.toMatchObject({ code: 'invalid_request', details: [{ path: 'cursor' }] })
  })

  it('counts the jobs of projects by status', async () => {
    const activity = await getJobActivity({ project_ids: ['p1', 'p2', 'p3'] })
    expect(Object.fromEntries(activity)).toEqual({
      p1: { counts: { running: 1, failed: 1 }, last_change_at: new Date(2001).toISOString() },
      p2: { counts: { pending: 2, completed: 2 }, last_change_at: new Date(2005).toISOString() },
    })
  })
})
