import pLimit from 'p-limit'
import type { JobAttempt, Job as JobRow, PrismaClient } from '../../../db/generated/client'
import { isDgxError } from '../../errors'
import type { HostPool } from '../../ssh/host-pool'
import type { EndedRun } from '../ends'
import { judge, type Missing, type Verdict } from '../reconcile'
import { recordGit } from '../runner/git'
import { launchRun } from '../runner/launch'
import { probeRuns } from '../runner/probe'
import { stopRun } from '../runner/stop'
import type { RunFacts, RunSpec } from '../runner/types'
import type { JobStore } from '../store'

const PROBE_EVERY_MS = 3_000
/** Many runs end right after their start: a wrong path, a missing module. */
const PROBE_YOUNG_EVERY_MS = 1_000
const YOUNG_MS = 15_000
/** A machine has five slots for short commands; some stay for people. */
const CONCURRENT_STARTS = 3
/** They hold a slot only now and then while a command has its grace. */
const CONCURRENT_STOPS = 20
/** A machine that answers with a failure so often, and has nothing of the run, will not start it. */
const LAUNCH_TRIES = 3

type Run = JobAttempt & { job: JobRow }

const keyOf = ({ job_id, attempt }: Pick<Run, 'job_id' | 'attempt'>) => `${job_id} ${attempt}`

export type MachineRunsOptions = {
  connectionId: string
  machine: () => Promise<string>
  host: () => HostPool | undefined
  database: PrismaClient
  jobs: JobStore
  killGraceS: number
  onError: (error: unknown) => void
}

/**
 * The unfinished runs on one machine: starts them, asks the machine for the truth about them, ends
 * those that are to end. All it knows is in the database, so that it goes on after a crash where it
 * was; a start may be repeated, because the runner starts each attempt once.
 */
export class MachineRuns {
  readonly #options: MachineRunsOptions
  /** Runs with a command of ours under way; nothing else is decided about them meanwhile. */
  readonly #busy = new Map<string, Promise<void>>()
  readonly #recordings = new Set<Promise<void>>()
  readonly #missing = new Map<string, Missing>()
  readonly #failures = new Map<string, number>()
  readonly #starts = pLimit(CONCURRENT_STARTS)
  readonly #stops = pLimit(CONCURRENT_STOPS)
  readonly #stopping = new AbortController()
  #ticking: Promise<void> | null = null
  #isAskedAgain = false
  #timer: NodeJS.Timeout | undefined

  constructor(options: MachineRunsOptions) {
    this.#options = options
  }

  get #signal(): AbortSignal {
    return this.#stopping.signal
  }

  /** Something has changed: look now. */
  wake(): void {
    if (this.#signal.aborted) return
    if (this.#ticking) {
      this.#isAskedAgain = true
      return
    }
    clearTimeout(this.#timer)
    this.#ticking = this.#tick()
      .catch(this.#options.onError)
      .finally(() => {
        this.#ticking = null
        if (!this.#isAskedAgain) return
        this.#isAskedAgain = false
        this.wake()
      })
  }

  /** Resolves when nothing of it works with the database any more. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    clearTimeout(this.#timer)
    await this.#ticking
    await Promise.all([...this.#busy.values(), ...this.#recordings])
  }

  async #tick(): Promise<void> {
    const runs = await this.#unfinished()
    this.#forgetOthers(runs)
    const host = this.#connectedHost()
    if (!host || runs.length === 0) return
    const idle = runs.filter((run) => !this.#busy.has(keyOf(run)))
    for (const run of idle) {
      if (run.phase === 'starting') {
        this.#work(run, () => this.#starts(() => this.#launch(host, run)))
      } else if (run.phase === 'stopping') {
        this.#work(run, () => this.#stops(() => this.#stop(host, run)))
      }
    }
    const running = idle.filter(({ phase }) => phase === 'running')
    if (running.length > 0) await this.#probe(host, running)
    if (this.#signal.aborted) return
    const isYoung = runs.some(({ created_at }) => Date.now() - created_at.getTime() < YOUNG_MS)
    this.#timer = setTimeout(() => this.wake(), isYoung ? PROBE_YOUNG_EVERY_MS : PROBE_EVERY_MS)
    this.#timer.unref()
  }

  #unfinished(): Promise<Run[]> {
    return this.#options.database.jobAttempt.findMany({
      where: { connection_id: this.#options.connectionId, phase: { not: 'ended' } },
      include: { job: true },
      orderBy: { created_at: 'asc' },
    })
  }

  #connectedHost(): HostPool | null {
    const host = this.#options.host()
    return host?.state.status === 'connected' ? host : null
  }

  #forgetOthers(runs: readonly Run[]): void {
    const keys = new Set(runs.map(keyOf))
    for (const map of [this.#missing, this.#failures]) {
      for (const key of map.keys()) if (!keys.has(key)) map.delete(key)
    }
  }

  /** One command per run at a time; what came meanwhile is seen at the next look. */
  #work(run: Run, task: () => Promise<RunFacts | null>): void {
    const key = keyOf(run)
    const work = async () => {
      try {
        const facts = await task()
        if (facts) await this.#settle([{ run, facts }])
      } catch (error) {
        await this.#complain([run], error)
      } finally {
        this.#busy.delete(key)
      }
    }
    this.#busy.set(key, work().catch(this.#options.onError))
  }

  /** Says what is in the way of knowing; that is told of runs, and ends none. */
  async #complain(runs: readonly Run[], error: unknown): Promise<void> {
    if (this.#signal.aborted || isPassing(error)) return
    if (!isDgxError(error)) throw error
    await this.#options.jobs.setMessage(runs, error.message)
  }

  async #launch(host: HostPool, run: Run): Promise<RunFacts | null> {
    this.#signal.throwIfAborted()
    this.#recordGit(host, run)
    try {
      return await launchRun(host, this.#spec(run), this.#signal)
    } catch (error) {
      if (isPassing(error) || this.#signal.aborted) return null
      const failures = (this.#failures.get(keyOf(run)) ?? 0) + 1
      this.#failures.set(keyOf(run), failures)
      if (failures < LAUNCH_TRIES) throw error
      // A run that the machine stops before its start can never start later.
      const facts = await stopRun(host, run, { grace_s: 0, signal: this.#signal })
      if (facts.exit?.reason !== 'launch_failed') return facts
      const message = error instanceof Error ? error.message : String(error)
      return { ...facts, exit: { ...facts.exit, message } }
    }
  }

  /** Beside the start, which does not wait for it; a home folder is no working copy of a job's. */
  #recordGit(host: HostPool, run: Run): void {
    const { working_dir } = run.job
    if (working_dir === null || run.git_commit !== null) return
    const record = async () => {
      const git = await recordGit(host, working_dir)
      if (git) await this.#options.jobs.setGit(run, git)
    }
    const recording = record()
      .catch((error) => {
        if (!isDgxError(error)) this.#options.onError(error)
      })
      .finally(() => this.#recordings.delete(recording))
    this.#recordings.add(recording)
  }

  #spec(run: Run): RunSpec {
    const { job, job_id, attempt, run_token } = run
    return {
      ...{ job_id, attempt, run_token },
      command: job.command ?? '',
      working_dir: job.working_dir,
      // Written by this program only, in these shapes.
      env: (job.env as Record<string, string> | null) ?? {},
      gpu_uuids: run.gpu_uuids as string[],
      config: job.config as Record<string, unknown>,
      timeout_s: job.timeout_s,
      kill_grace_s: this.#options.killGraceS,
    }
  }

  #stop(host: HostPool, run: Run): Promise<RunFacts> {
    this.#signal.throwIfAborted()
    return stopRun(host, run, { grace_s: this.#options.killGraceS, signal: this.#signal })
  }

  async #probe(host: HostPool, runs: readonly Run[]): Promise<void> {
    let all: RunFacts[]
    try {
      all = await probeRuns(host, runs, this.#signal)
    } catch (error) {
      return this.#complain(runs, error)
    }
    await this.#options.jobs.setSeen(runs.map(({ job_id }) => job_id))
    const byKey = new Map(runs.map((run) => [keyOf(run), run]))
    await this.#settle(
      all.flatMap((facts) => {
        const run = byKey.get(keyOf(facts))
        return run ? [{ run, facts }] : []
      }),
    )
  }

  /** Stores what the machine said of runs; ends of many come together. */
  async #settle(told: readonly { run: Run; facts: RunFacts }[]): Promise<void> {
    const { jobs } = this.#options
    const machine = await this.#options.machine()
    const ended: EndedRun[] = []
    const gone: Run[] = []
    for (const { run, facts } of told) {
      const verdict = this.#judge(run, facts, machine)
      const started_at = facts.started_at_ms === null ? null : new Date(facts.started_at_ms)
      switch (verdict.kind) {
        case 'running':
          if (run.phase === 'starting') {
            const { job_id, attempt } = run
            const { pid, process_group, boot_id } = facts
            const known = { pid, process_group, boot_id, started_at: started_at ?? new Date() }
            await jobs.setRunning({ job_id, attempt, machine, ...known })
          }
          if (verdict.message) await jobs.setMessage([run], verdict.message)
          break
        case 'end': {
          const { job_id, attempt } = run
          const { end, isGone } = verdict
          ended.push({ job_id, attempt, machine, end, started_at, isGone })
          break
        }
        case 'gone':
          gone.push(run)
      }
    }
    await jobs.endRuns(ended)
    await jobs.closeRuns(gone)
  }

  #judge(run: Run, facts: RunFacts, machine: string): Verdict {
    const key = keyOf(run)
    const missing = this.#missing.get(key) ?? null
    const now_ms = Date.now()
    const { cancel_requested_at } = run.job
    const verdict = judge({ run: { ...run, cancel_requested_at }, facts, missing, machine, now_ms })
    if (verdict.kind === 'missing') {
      const { since_ms, probes } = missing ?? { since_ms: now_ms, probes: 0 }
      this.#missing.set(key, { since_ms, probes: probes + 1 })
    } else {
      this.#missing.delete(key)
    }
    return verdict
  }
}

/** Trouble on the way to the machine: it says nothing of the run, and is tried again. */
function isPassing(error: unknown): boolean {
  return (
    isDgxError(error) &&
    (error.code === 'not_connected' ||
      error.code === 'connection_lost' ||
      error.code === 'too_busy' ||
      error.code.startsWith('ssh_'))
  )
}
