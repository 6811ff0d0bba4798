import { setTimeout as delay } from 'node:timers/promises'
import type { PrismaClient } from '../../db/generated/client'
import { isDgxError } from '../errors'
import { Periodic } from '../gpu/periodic'
import type { HostPool } from '../ssh/host-pool'
import type { SshPool } from '../ssh/pool'
import { deleteJobs, noteFolders } from './deleted-folders.sql'
import { connectedHost } from './logs/run'
import { removeRuns } from './runner/remove'

/** For what could not be removed; else a deletion or a machine that connects asks for it at once. */
const EVERY_MS = 5 * 60_000
/** A machine that is taken out of the app is not waited for longer. */
const LAST_WAIT_MS = 5_000

/**
 * Deletes jobs, and notes which folders they leave on machines: parts of one transaction, without a
 * time limit, because a run may have a million points.
 */
export const deletionOf = (database: PrismaClient, jobIds: readonly string[]) => [
  database.$executeRaw(noteFolders(jobIds, new Date())),
  database.$executeRaw(deleteJobs(jobIds)),
]

/**
 * Removes what deleted jobs left on machines, now or once they can be reached. Only folders whose
 * jobs were in this database: others may use the same machine.
 */
export class DeletedFolders {
  readonly #database: PrismaClient
  readonly #hosts: SshPool
  readonly #periodic: Periodic

  constructor(options: {
    database: PrismaClient
    hosts: SshPool
    onError: (error: unknown) => void
  }) {
    this.#database = options.database
    this.#hosts = options.hosts
    this.#periodic = new Periodic({
      everyMs: EVERY_MS,
      run: (signal) => this.#removeAll(signal),
      onError: options.onError,
    })
  }

  start(): void {
    this.#periodic.start()
  }

  stop(): Promise<void> {
    return this.#periodic.stop()
  }

  /** Jobs were deleted, or a machine is there again. Resolves when what can be removed is. */
  remove(): Promise<void> {
    return this.#periodic.runSoon()
  }

  /**
   * Removes what is left on a machine that is about to be taken out of the app, and these jobs; who
   * is away or slow is left alone. What has begun goes on there.
   */
  async removeLast(connectionId: string, jobIds: readonly string[]): Promise<void> {
    const host = connectedHost(this.#hosts, connectionId)
    const rows = await this.#database.deletedJobFolder.findMany({
      where: { connection_id: connectionId },
    })
    const ids = [...new Set([...jobIds, ...rows.map(({ job_id }) => job_id)])]
    if (!host || ids.length === 0) return
    const removal = removeRuns(host, ids).catch(onlyDgxErrors)
    await Promise.race([removal, delay(LAST_WAIT_MS, undefined, { ref: false })])
  }

  async #removeAll(signal: AbortSignal): Promise<void> {
    // Nothing is deleted on a machine that is read-only; it is asked again when it is not any more.
    const rows = await this.#database.deletedJobFolder.findMany({
      where: { connection: { read_only: false } },
    })
    const machines = new Map<string, string[]>()
    for (const { connection_id, job_id } of rows) {
      machines.set(connection_id, [...(machines.get(connection_id) ?? []), job_id])
    }
    await Promise.all(
      [...machines].map(async ([connectionId, jobIds]) => {
        const host = connectedHost(this.#hosts, connectionId)
        if (host) await this.#removeOn(connectionId, host, jobIds, signal)
      }),
    )
  }

  async #removeOn(
    connection_id: string,
    host: HostPool,
    jobIds: readonly string[],
    signal: AbortSignal,
  ): Promise<void> {
    const gone = await removeRuns(host, jobIds, signal).catch((error) => {
      if (!signal.aborted) onlyDgxErrors(error)
      return []
    })
    await this.#database.deletedJobFolder.deleteMany({
      where: { connection_id, job_id: { in: gone } },
    })
  }
}

/** Trouble with a machine is met again at the next try. */
function onlyDgxErrors(error: unknown): void {
  if (!isDgxError(error)) throw error
}
