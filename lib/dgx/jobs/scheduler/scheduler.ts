import { setTimeout as delay } from 'node:timers/promises'
import type { Job as JobRow, PrismaClient } from '../../../db/generated/client'
import type { Metrics } from '../../gpu/types'
import type { EventHub, Subscription } from '../../live/hub'
import type { SshPool } from '../../ssh/pool'
import type { Job } from '../answers'
import type { JobLive } from '../job'
import { listLeases } from '../leases'
import { ACTIVE_PHASES, ANY_MACHINE } from '../states'
import type { JobStore } from '../store'
import { checkDependencies } from './dependencies'
import { type FleetLimits, toFleetMachine } from './fleet'
import { MachineRuns } from './machine-runs'
import { type FleetMachine, type Placement, place, type Waiting } from './placement'

/** Samples of many machines ask for rounds all the time. */
const ROUND_EVERY_MS = 100
/** For what no event tells of; also how late a missed event is made good. */
const TICK_MS = 5_000

export type SchedulerOptions = {
  database: PrismaClient
  hosts: SshPool
  /** The newest sample of a machine, null before the first. */
  metricsOf: (connectionId: string) => Metrics | null
  hub: EventHub
  jobs: JobStore
  limits: FleetLimits
  killGraceS: number
  onError: (error: unknown) => void
}

/** What of a job decides about its turn, and what was said of it before. */
const WAITING_COLUMNS = {
  id: true,
  name: true,
  project_id: true,
  priority: true,
  queued_at: true,
  gpus: true,
  gpu_indices: true,
  min_gpu_memory_mb: true,
  connection_ids: true,
  depends_on: true,
  wait_reason: true,
  status_message: true,
} as const
export type WaitingJob = Pick<JobRow, keyof typeof WAITING_COLUMNS>

/** The jobs that wait, in the order of their turns, and what would be done with each now. */
export type Plan = {
  waiting: WaitingJob[]
  decisions: ReadonlyMap<string, Decision>
}

export type Decision =
  | Placement
  /** It waits for jobs that will never complete. */
  | { job_id: string; machine: null; wait_reason: null; message: string }

/**
 * Gives waiting jobs their machines and GPUs, and keeps the runs on each machine true. It acts on
 * events (jobs, samples, connections) and on a slow tick; rounds never overlap, and no round waits
 * for a machine.
 */
export class Scheduler implements JobLive {
  readonly #options: SchedulerOptions
  readonly #machines = new Map<string, MachineRuns>()
  readonly #positions = new Map<string, number>()
  readonly #connected = new Set<string>()
  #subscription: Subscription | null = null
  #timer: NodeJS.Timeout | undefined
  #round: Promise<void> | null = null
  #isAskedAgain = false
  #hasWaiting = true

  constructor(options: SchedulerOptions) {
    this.#options = options
  }

  start(): void {
    if (this.#subscription) return
    const subscription = this.#options.hub.subscribe()
    for (const topic of ['jobs', 'connections', 'metrics'] as const) subscription.topics.add(topic)
    this.#subscription = subscription
    void this.#listen(subscription)
    void this.#tick().catch(this.#options.onError)
    this.#timer = setInterval(() => void this.#tick().catch(this.#options.onError), TICK_MS)
    this.#timer.unref()
  }

  /** Resolves when nothing of it works with the database any more. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#subscription?.close()
    this.#subscription = null
    await this.#round
    await Promise.all([...this.#machines.values()].map((machine) => machine.stop()))
    this.#machines.clear()
  }

  isConnected(connectionId: string): boolean {
    return this.#options.hosts.find(connectionId)?.state.status === 'connected'
  }

  queuePosition(jobId: string): number | null {
    return this.#positions.get(jobId) ?? null
  }

  /** Looks for jobs that can start now; a round under way is followed by another one. */
  wake(): void {
    if (!this.#subscription) return
    if (this.#round) {
      this.#isAskedAgain = true
      return
    }
    this.#round = this.#place()
      .catch(this.#options.onError)
      .then(() => delay(ROUND_EVERY_MS, undefined, { ref: false }))
      .finally(() => {
        this.#round = null
        if (!this.#isAskedAgain) return
        this.#isAskedAgain = false
        this.wake()
      })
  }

  /** Every machine as placement sees it, by id, in their user's order. */
  async fleet(): Promise<Map<string, FleetMachine>> {
    const { database, metricsOf, limits } = this.#options
    const [connections, leases] = await Promise.all([
      database.connection.findMany({
        select: { id: true, name: true, is_active: true, read_only: true },
        orderBy: [{ position: 'asc' }, { name: 'asc' }],
      }),
      listLeases(database),
    ])
    return new Map(
      connections.map((connection) => [
        connection.id,
        toFleetMachine({
          connection,
          isReadOnly: connection.read_only,
          isConnected: this.isConnected(connection.id),
          metrics: metricsOf(connection.id),
          leases: leases.filter(({ connection_id }) => connection_id === connection.id),
          limits,
        }),
      ]),
    )
  }

  /** What would be done with the waiting jobs now, with one more that is not stored yet. */
  async plan(extra?: WaitingJob): Promise<Plan> {
    const waiting = await this.#waiting()
    if (extra) waiting.push(extra)
    waiting.sort(
      (a, b) =>
        b.priority - a.priority ||
        (a.queued_at?.getTime() ?? 0) - (b.queued_at?.getTime() ?? 0) ||
        (a.id < b.id ? -1 : 1),
    )
    const blocked = await this.#blocked(waiting)
    const fleet = await this.fleet()
    const ready = waiting.filter(({ id }) => !blocked.has(id))
    const decisions = new Map<string, Decision>(blocked)
    for (const placement of place(
      ready.map((job) => toWaiting(job, fleet)),
      fleet,
    )) {
      decisions.set(placement.job_id, placement)
    }
    return { waiting, decisions }
  }

  /** Those that wait for other jobs. */
  async #blocked(waiting: readonly WaitingJob[]): Promise<Map<string, Decision>> {
    const needed = new Set(waiting.flatMap(dependenciesOf))
    if (needed.size === 0) return new Map()
    const rows = await this.#options.database.job.findMany({
      where: { id: { in: [...needed] } },
      select: { id: true, name: true, status: true },
    })
    const known = new Map(rows.map((row) => [row.id, row]))
    return new Map(
      waiting.flatMap((job): [string, Decision][] => {
        const verdict = checkDependencies(dependenciesOf(job), known)
        if (!verdict) return []
        const { isHopeless, message } = verdict
        const wait_reason = isHopeless ? null : 'dependency'
        return [[job.id, { job_id: job.id, machine: null, wait_reason, message }]]
      }),
    )
  }

  async #listen(subscription: Subscription): Promise<void> {
    for (;;) {
      const message = await subscription.next(60_000)
      if (message === null) return
      if (message === 'idle') continue
      const { event } = message
      switch (event.type) {
        case 'metrics':
          if (this.#hasWaiting) this.wake()
          break
        case 'job':
          this.#onJob(event.job)
          break
        case 'connection':
          this.#onConnection(event.connection_id)
          break
        default:
          this.wake()
      }
    }
  }

  /** A job that runs tells of its metrics all the time; that changes no turn and no run. */
  #onJob({ phase, connection_id }: Job): void {
    if (phase === 'queued' || (this.#hasWaiting && phase !== 'running')) this.wake()
    if (phase === 'stopping' && connection_id) this.#wakeMachine(connection_id)
  }

  #onConnection(id: string): void {
    const isConnected = this.isConnected(id)
    if (isConnected === this.#connected.has(id)) return
    if (isConnected) this.#connected.add(id)
    else this.#connected.delete(id)
    this.wake()
    this.#wakeMachine(id)
    void this.#announceRuns(id).catch(this.#options.onError)
  }

  /** Whether it can be reached is part of each job that runs there. */
  async #announceRuns(connection_id: string): Promise<void> {
    const { database, jobs } = this.#options
    const running = await database.job.findMany({
      where: { connection_id, phase: { in: [...ACTIVE_PHASES] } },
      select: { id: true },
    })
    await jobs.announceAll(running.map(({ id }) => id))
  }

  #wakeMachine(connectionId: string): void {
    if (!this.#subscription) return
    const { database, hosts, jobs, killGraceS, onError } = this.#options
    let machine = this.#machines.get(connectionId)
    if (!machine) {
      machine = new MachineRuns({
        connectionId,
        host: () => hosts.find(connectionId),
        machine: () => this.#nameOf(connectionId),
        ...{ database, jobs, killGraceS, onError },
      })
      this.#machines.set(connectionId, machine)
    }
    machine.wake()
  }

  async #nameOf(id: string): Promise<string> {
    const { database } = this.#options
    const row = await database.connection.findUnique({ where: { id }, select: { name: true } })
    return row?.name ?? 'its machine'
  }

  /** Machines with unfinished runs that no event tells of, as after a restart. */
  async #tick(): Promise<void> {
    this.wake()
    const { database, jobs } = this.#options
    const busy = await database.jobAttempt.groupBy({
      by: ['connection_id'],
      where: { phase: { not: 'ended' } },
    })
    const ids = busy.flatMap(({ connection_id }) => connection_id ?? [])
    const known = await database.connection.findMany({
      where: { id: { in: ids } },
      select: { id: true },
    })
    for (const { id } of known) this.#wakeMachine(id)
    if (known.length === busy.length) return
    // Placed there in the moment in which it was deleted.
    const orphans = await database.jobAttempt.findMany({
      where: { phase: { not: 'ended' }, NOT: { connection_id: { in: known.map(({ id }) => id) } } },
    })
    await jobs.giveUp(orphans)
  }

  #waiting(): Promise<WaitingJob[]> {
    return this.#options.database.job.findMany({
      where: { phase: 'queued' },
      select: WAITING_COLUMNS,
    })
  }

  async #place(): Promise<void> {
    const { waiting, decisions } = await this.plan()
    this.#hasWaiting = waiting.length > 0
    this.#positions.clear()
    for (const { id } of waiting) {
      if (decisions.get(id)?.machine === null) this.#positions.set(id, this.#positions.size + 1)
    }
    for (const job of waiting) {
      const decision = decisions.get(job.id)
      if (decision) await this.#carryOut(job, decision)
    }
  }

  async #carryOut(job: WaitingJob, decision: Decision): Promise<void> {
    const { jobs } = this.#options
    const { id } = job
    if (decision.machine) {
      const { id: connection_id, name: machine } = decision.machine
      const isPlaced = await jobs.place({ id, connection_id, machine, gpus: decision.gpus })
      if (isPlaced) this.#wakeMachine(connection_id)
      return
    }
    const { wait_reason, message } = decision
    if (wait_reason === null) {
      await jobs.end({ id, from: ['queued'], reason: 'dependency_failed', message })
    } else if (job.wait_reason !== wait_reason || job.status_message !== message) {
      const data = { wait_reason, status_message: message }
      await jobs.change({ id, from: ['queued'], data })
    }
  }
}

const dependenciesOf = ({ depends_on }: Pick<WaitingJob, 'depends_on'>) =>
  (depends_on as string[] | null) ?? []

function toWaiting(job: WaitingJob, fleet: ReadonlyMap<string, FleetMachine>): Waiting {
  return {
    id: job.id,
    gpus: job.gpus,
    gpu_indices: job.gpu_indices as number[] | null,
    min_gpu_memory_mb: job.min_gpu_memory_mb,
    machine_ids: candidateIds(job.connection_ids as string[] | null, fleet),
  }
}

/** The machines that a job names, in its order; `any` is all of them. */
export function candidateIds(
  connectionIds: readonly string[] | null,
  fleet: ReadonlyMap<string, FleetMachine>,
): string[] {
  return connectionIds?.includes(ANY_MACHINE) ? [...fleet.keys()] : [...(connectionIds ?? [])]
}
