import { randomBytes } from 'node:crypto'
import { isUniqueViolation } from '../../db/errors'
import type { Prisma, PrismaClient } from '../../db/generated/client'
import type { AuditLog } from '../audit/log'
import type { LiveEvent } from '../live/events'
import type { Job } from './answers'
import { AUDITED, jobEntry } from './audit'
import { closeRuns, type EndedRun, storeEnds } from './ends'
import { type JobLive, type JobRow, toJob, WITH_NEWEST_ATTEMPT } from './job'
import { takeLeases } from './leases'
import type { GitFacts } from './runner/git'
import { type AttemptKey, tellOfRuns } from './runs.sql'
import { type EndReason, type Phase, statusOf, statusOfEnd } from './states'

/**
 * The changes of managed jobs. Each is a compare-and-set on the phase, so that what was decided on
 * an older view changes nothing and an end is final; each is announced to who watches.
 */
export class JobStore {
  readonly #database: PrismaClient
  readonly #publish: (event: LiveEvent) => void
  readonly #live: () => JobLive
  readonly #onRuns: () => void
  readonly #audit: Pick<AuditLog, 'write' | 'writeIn'>

  constructor(options: {
    database: PrismaClient
    publish: (event: LiveEvent) => void
    live: () => JobLive
    /** A run has begun, or is over. */
    onRuns: () => void
    audit: Pick<AuditLog, 'write' | 'writeIn'>
  }) {
    this.#database = options.database
    this.#publish = options.publish
    this.#live = options.live
    this.#onRuns = options.onRuns
    this.#audit = options.audit
  }

  /** Tells who watches how a job stands now; null when it is gone. */
  async announce(id: string): Promise<Job | null> {
    const [job] = await this.announceAll([id])
    return job ?? null
  }

  /** Tells who watches how jobs stand now; those that are gone are left out. */
  async announceAll(ids: readonly string[]): Promise<Job[]> {
    const rows = await this.#database.job.findMany({
      where: { id: { in: [...ids] } },
      include: WITH_NEWEST_ATTEMPT,
    })
    return rows.map((row) => this.announceRow(row))
  }

  /** The same of jobs whose runs have begun or are over. */
  async #announceRuns(runs: readonly { job_id: string }[]): Promise<void> {
    if (runs.length === 0) return
    this.#onRuns()
    await this.announceAll(runs.map(({ job_id }) => job_id))
  }

  announceRow(row: JobRow): Job {
    const job = toJob(row, this.#live)
    this.#publish({ type: 'job', job })
    return job
  }

  /** Changes a job that is in one of these phases; null when it is not, and nothing is changed. */
  async change(options: {
    id: string
    from: readonly Phase[]
    data: Prisma.JobUncheckedUpdateManyInput
  }): Promise<Job | null> {
    const { id, from, data } = options
    const { count } = await this.#database.job.updateMany({
      where: { id, phase: { in: [...from] } },
      data: { ...data, updated_at: new Date() },
    })
    return count === 0 ? null : this.announce(id)
  }

  /** Ends a job of which no run is on a machine. Who cancels it has an entry of their own. */
  async end(options: {
    id: string
    from: readonly Phase[]
    reason: EndReason
    message: string
  }): Promise<Job | null> {
    const { id, from, reason } = options
    const ended = await this.change({
      id,
      from,
      data: {
        phase: 'ended',
        status: statusOfEnd(reason),
        end_reason: reason,
        wait_reason: null,
        status_message: options.message,
        completed_at: new Date(),
      },
    })
    if (ended && reason !== 'cancelled_by_user') {
      const job = { ...ended, connection: null }
      await this.#audit.write(jobEntry(job, 'jobEnded', { outcome: reason }))
    }
    return ended
  }

  /**
   * Gives a queued job its machine and its GPUs: the job becomes `starting`, and its attempt and its
   * leases are written, all or nothing. False when the job is no longer queued or a GPU is held.
   */
  async place(options: {
    id: string
    connection_id: string
    machine: string
    gpus: readonly { uuid: string; index: number | null }[]
  }): Promise<boolean> {
    const { id, connection_id, gpus } = options
    const now = new Date()
    try {
      const isPlaced = await this.#database.$transaction(async (tx) => {
        const { count } = await tx.job.updateMany({
          where: { id, phase: 'queued' },
          data: {
            phase: 'starting',
            status: statusOf('starting'),
            wait_reason: 'starting',
            status_message: `Is being started on ${options.machine}.`,
            end_reason: null,
            exit_code: null,
            exit_signal: null,
            connection_id,
            attempt: { increment: 1 },
            updated_at: now,
          },
        })
        if (count === 0) return false
        const select = { ...AUDITED, attempt: true }
        const { attempt, ...job } = await tx.job.findUniqueOrThrow({ where: { id }, select })
        const gpu_uuids = gpus.map(({ uuid }) => uuid)
        await tx.jobAttempt.create({
          data: {
            job_id: id,
            attempt,
            connection_id,
            phase: 'starting',
            gpu_uuids,
            gpu_indices: gpus.flatMap(({ index }) => index ?? []),
            run_token: randomBytes(16).toString('hex'),
            created_at: now,
          },
        })
        await takeLeases(tx, { connection_id, job_id: id, attempt, gpu_uuids })
        await this.#audit.writeIn(tx, [jobEntry(job, 'jobStarted', { detail: { attempt } })])
        return true
      })
      if (isPlaced) await this.#announceRuns([{ job_id: id }])
      return isPlaced
    } catch (error) {
      if (isUniqueViolation(error)) return false
      throw error
    }
  }

  /** The command runs; a wish to cancel that came meanwhile stays. */
  async setRunning(
    run: AttemptKey & {
      machine: string
      started_at: Date
      pid: number | null
      process_group: number | null
      boot_id: string | null
    },
  ): Promise<void> {
    const { job_id, attempt, started_at, pid, process_group, boot_id } = run
    const now = new Date()
    const isChanged = await this.#database.$transaction(async (tx) => {
      const { count } = await tx.jobAttempt.updateMany({
        where: { job_id, attempt, phase: 'starting' },
        data: { started_at, pid, process_group, boot_id, phase: 'running' },
      })
      await tx.job.updateMany({
        where: { id: job_id, attempt, phase: 'starting' },
        data: {
          phase: 'running',
          status: statusOf('running'),
          wait_reason: null,
          status_message: `Runs on ${run.machine}.`,
          started_at,
          completed_at: null,
          last_seen_at: now,
          updated_at: now,
        },
      })
      return count > 0
    })
    if (isChanged) await this.#announceRuns([run])
  }

  /** What code a run had in front of it, once. */
  async setGit({ job_id, attempt }: AttemptKey, git: GitFacts): Promise<void> {
    await this.#database.jobAttempt.updateMany({
      where: { job_id, attempt, git_commit: null },
      data: { git_commit: git.commit, git_is_dirty: git.is_dirty, git_diff: git.diff },
    })
  }

  /** Another sentence about runs that go on, and about each the same. */
  async setMessage(runs: readonly AttemptKey[], message: string): Promise<void> {
    await this.announceAll(await tellOfRuns(this.#database, runs, message, new Date()))
  }

  /**
   * Stores how runs ended, and with each its job unless another try is left. Only of a run of which
   * no process is left are the GPUs given back, and is the attempt over.
   */
  async endRuns(runs: readonly EndedRun[]): Promise<void> {
    if (runs.length === 0) return
    await this.#announceRuns(
      await this.#database.$transaction((tx) => storeEnds(tx, runs, this.#audit)),
    )
  }

  /** Gives back the GPUs of runs whose ends are stored, once nothing of them is left. */
  async closeRuns(runs: readonly AttemptKey[]): Promise<void> {
    if (runs.length === 0) return
    await this.#announceRuns(await this.#database.$transaction((tx) => closeRuns(tx, runs)))
  }

  /**
   * Asks for the end of a job's run; the machine's own word ends it. Null when no run of it is on a
   * machine.
   */
  async requestCancel(id: string): Promise<Job | null> {
    const now = new Date()
    const isChanged = await this.#database.$transaction(async (tx) => {
      const { count } = await tx.job.updateMany({
        where: { id, phase: { in: ['starting', 'running'] } },
        data: {
          phase: 'stopping',
          status: statusOf('stopping'),
          wait_reason: null,
          status_message: 'Is being stopped.',
          cancel_requested_at: now,
          updated_at: now,
        },
      })
      if (count === 0) return false
      await tx.jobAttempt.updateMany({
        where: { job_id: id, phase: { in: ['starting', 'running'] } },
        data: { phase: 'stopping' },
      })
      return true
    })
    return isChanged ? this.announce(id) : null
  }

  /** Ends runs whose machines are taken out of the app and cannot be asked any more. */
  async giveUp(runs: readonly AttemptKey[]): Promise<void> {
    await this.endRuns(
      runs.map(({ job_id, attempt }) => ({
        ...{ job_id, attempt, machine: 'its machine', started_at: null, isGone: true },
        end: {
          reason: 'lost',
          exit_code: null,
          exit_signal: null,
          message:
            'its machine was deleted while it could not be reached, so nobody looks after it',
          ended_at: new Date(),
          stdout_bytes: null,
          stderr_bytes: null,
        },
      })),
    )
  }

  /** Its machine has just told of these jobs. */
  async setSeen(ids: readonly string[]): Promise<void> {
    await this.#database.job.updateMany({
      where: { id: { in: [...ids] } },
      data: { last_seen_at: new Date() },
    })
  }
}
