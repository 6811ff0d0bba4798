import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { closeDatabase, database } from '../../db/client'
import { migrate } from '../../db/migrate.mjs'
import { listJobs } from './records'
import { jobListQuery } from './schema'

const at = (hour: number) => new Date(Date.UTC(2026, 5, 7, hour))

describe('listJobs by machine and time', () => {
  let dir: string
  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'dgx-spans-'))
    const url = `file:${path.join(dir, 'dgx.db')}`
    vi.stubEnv('DATABASE_URL', url)
    await migrate({ root: path.resolve(import.meta.dirname, '../../..'), url })
    const times = { created_at: at(0), updated_at: at(0) }
    for (const id of ['lab', 'other']) {
      await database().connection.create({
        data: { id, name: `${id} box`, hostname: id, username: 'someone', ...times },
      })
      await database().project.create({
        data: { id, name: id, connection_id: id, config: {}, ...times },
      })
    }
    const job = (id: string, project_id: string, started_at?: Date, completed_at?: Date) => ({
      ...{ id, project_id, name: id, config: {}, metrics: {}, ...times },
      started_at: started_at ?? null,
      completed_at: completed_at ?? null,
    })
    await database().job.createMany({
      data: [
        job('morning', 'lab', at(6), at(9)),
        job('noon', 'lab', at(11), at(13)),
        job('long', 'lab', at(8)),
        job('waiting', 'lab'),
        job('cancelled', 'lab', undefined, at(12)),
        job('elsewhere', 'other', at(11), at(13)),
      ],
    })
  })
  afterAll(async () => {
    await closeDatabase()
    vi.unstubAllEnvs()
    rmSync(dir, { recursive: true, force: true })
  })

  const names = async (query: Record<string, string>) => {
    const { items, total } = await listJobs(jobListQuery.parse(query))
    expect(total).toBe(items.length)
    return items.map(({ name }) => name).toSorted()
  }
  const from = (hour: number) => ({ overlaps_from: at(hour).toISOString() })
  const to = (hour: number) => ({ overlaps_to: at(hour).toISOString() })

  it('gives the jobs of one machine, by its id or its name', async () => {
    const ofLab = ['cancelled', 'long', 'morning', 'noon', 'waiting']
    expect(await names({ connection_id: 'lab' })).toEqual(ofLab)
    expect(await names({ connection_id: 'lab box' })).toEqual(ofLab)
    expect(await names({ connection_id: 'other' })).toEqual(['elsewhere'])
    await expect(names({ connection_id: 'nobody' })).rejects.toMatchObject({
      code: 'connection_not_found',
    })
  })

  it('gives those that ran in a time, also the one that still runs', async () => {
    expect(await names({ connection_id: 'lab', ...from(10), ...to(12) })).toEqual(['long', 'noon'])
    expect(await names({ ...from(10), ...to(12) })).toEqual(['elsewhere', 'long', 'noon'])
    expect(await names({ connection_id: 'lab', ...from(9), ...to(11) })).toEqual([
      'long',
      'morning',
    ])
    expect(await names({ connection_id: 'lab', ...from(14) })).toEqual(['long'])
    expect(await names({ connection_id: 'lab', ...to(7) })).toEqual(['morning'])
    expect(await names({ connection_id: 'lab', project_id: 'other', ...to(12) })).toEqual([])
  })
})
