import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { database } from '../../db/client'
import { deleteConnection } from '../connections/service'
import { deleteProject } from '../projects/records'
import { runtime } from '../runtime'
import { updateSafety } from '../safety/service'
import { startLogBed } from './logs/fixtures'
import { deleteJob } from './removal'

describe('the folder of a deleted job', () => {
  let bed: Awaited<ReturnType<typeof startLogBed>>
  let folder: string

  beforeEach(async () => {
    bed = await startLogBed()
    folder = path.join(bed.sshd.dir, 'home/.dgx-command-center/jobs')
    runtime().deletedFolders.start()
    // Of another installation that uses the same machine.
    mkdirSync(path.join(folder, 'of-others/1'), { recursive: true })
  })
  afterEach(() => bed.stop())

  const add = async (id: string, project_id: string | null = null) => {
    await bed.addRun(id, { phase: 'ended' })
    await database().job.update({ where: { id }, data: { project_id } })
    writeFileSync(path.join(folder, id, 'checkpoint'), 'x')
  }
  const isThere = (id: string) => existsSync(path.join(folder, id))
  const remembered = async () =>
    (await database().deletedJobFolder.findMany()).map(({ job_id }) => job_id)
  const force = { cascade: true, force: false }

  it('goes from its machine, and nothing else does', async () => {
    await Promise.all([add('gone'), add('kept')])
    expect(await deleteJob({ id: 'gone', force: false })).toEqual({ deleted: 'gone' })
    await runtime().deletedFolders.remove()
    expect(['gone', 'kept', 'of-others'].map(isThere)).toEqual([false, true, true])
    expect(await remembered()).toEqual([])
  })

  it('goes with a project only when its jobs do', async () => {
    const times = { config: {}, created_at: new Date(1), updated_at: new Date(1) }
    for (const id of ['p', 'q'])
      await database().project.create({ data: { id, name: id, ...times } })
    await Promise.all([add('of-p', 'p'), add('of-q', 'q')])
    await deleteProject({ id: 'p', ...force })
    await deleteProject({ id: 'q', cascade: false, force: false })
    await runtime().deletedFolders.remove()
    expect(['of-p', 'of-q'].map(isThere)).toEqual([false, true])
  })

  it('is remembered while its machine is away, and goes when that is back', async () => {
    await add('later')
    await bed.host.disconnect()
    await deleteJob({ id: 'later', force: false })
    await runtime().deletedFolders.remove()
    expect([isThere('later'), await remembered()]).toEqual([true, ['later']])
    await bed.host.connect()
    await vi.waitFor(async () => expect(await remembered()).toEqual([]), { timeout: 30_000 })
    expect(isThere('later')).toBe(false)
  })

  it('stays on a machine that is read-only until it is not any more', async () => {
    await add('later')
    await updateSafety({ id: 'box', changes: { read_only: true } })
    await deleteJob({ id: 'later', force: false })
    await runtime().deletedFolders.remove()
    expect([isThere('later'), await remembered()]).toEqual([true, ['later']])
    await updateSafety({ id: 'box', changes: { read_only: false } })
    await vi.waitFor(() => expect(isThere('later')).toBe(false), { timeout: 30_000 })
  })

  it('is tried again when something of it stays, while others go', async () => {
    const rm = path.join(bed.sshd.dir, 'bin/rm')
    writeFileSync(rm, '#!/bin/sh\ncase "$*" in *stuck*) exit 1 ;; esac\nexec /bin/rm "$@"\n')
    chmodSync(rm, 0o755)
    await Promise.all([add('stuck'), add('free')])
    for (const id of ['stuck', 'free']) await deleteJob({ id, force: false })
    await runtime().deletedFolders.remove()
    expect([isThere('stuck'), isThere('free'), await remembered()]).toEqual([
      true,
      false,
      ['stuck'],
    ])
    rmSync(rm)
    await runtime().deletedFolders.remove()
    expect([isThere('stuck'), await remembered()]).toEqual([false, []])
  })

  it('goes before its machine does, with what was left there before', async () => {
    const times = { config: {}, created_at: new Date(1), updated_at: new Date(1) }
    await database().project.create({
      data: { id: 'p', name: 'p', connection_id: 'box', ...times },
    })
    await Promise.all([add('of-p', 'p'), add('before'), add('kept')])
    await bed.host.disconnect()
    await deleteJob({ id: 'before', force: false })
    await runtime().deletedFolders.stop()
    await bed.host.connect()
    await deleteConnection({ id: 'box', ...force })
    expect(['of-p', 'before', 'kept'].map(isThere)).toEqual([false, false, true])
    expect(await remembered()).toEqual([])
  })

  it('holds up no deletion of a machine that does not answer', async () => {
    const times = { config: {}, created_at: new Date(1), updated_at: new Date(1) }
    await database().project.create({
      data: { id: 'p', name: 'p', connection_id: 'box', ...times },
    })
    await add('of-p', 'p')
    bed.proxy.blackhole()
    const startedAt = performance.now()
    await deleteConnection({ id: 'box', ...force })
    expect(performance.now() - startedAt).toBeLessThan(20_000)
    expect(await database().job.count()).toBe(0)
  })
})
