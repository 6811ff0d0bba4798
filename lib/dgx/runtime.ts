import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { readConfig } from '../config.mjs'
import { closeDatabase, database } from '../db/client'
import { log } from '../log'
import { AuditLog } from './audit/log'
import { HostKeyRecords } from './connections/host-keys'
import { ConnectionTargets } from './connections/targets'
import type { ErrorCode } from './errors'
import { BackgroundCommands } from './exec/background'
import { HealthLog } from './gpu/health-log'
import { Monitor } from './gpu/monitor'
import { RecentSamples } from './gpu/recent'
import { readRecordedSamples } from './gpu/recorded-samples'
import { Retention } from './gpu/retention'
import { RollUp } from './gpu/rollup'
import { MetricStore } from './gpu/store'
import { JobAccounting } from './jobs/accounting'
import { Collector } from './jobs/collector'
import { DeletedFolders } from './jobs/deleted-folders'
import { LogFollowers } from './jobs/logs/followers'
import type { LiveLogs } from './jobs/logs/live-logs'
import { SeriesCache } from './jobs/metrics/series-cache'
import { freeGpus } from './jobs/scheduler/fleet'
import { Scheduler } from './jobs/scheduler/scheduler'
import { JobStore } from './jobs/store'
import { KeyRing } from './keys/ring'
import { loadKeys } from './keys/rows'
import { EventHub } from './live/hub'
import { Approvals } from './safety/approvals'
import { SshPool } from './ssh/pool'
import type { ConnectionState } from './ssh/schema'
import type { OpenTerminal } from './terminal/service'

/** What the server says instead of opening a WebSocket. */
export type Refusal = { status: number; code: ErrorCode; message: string }

/** The live things of this process: ssh connections, samplers, writers. */
export type Runtime = {
  hosts: SshPool
  targets: ConnectionTargets
  hostKeys: HostKeyRecords
  monitor: Monitor
  audit: AuditLog
  store: MetricStore
  healthLog: HealthLog
  recent: RecentSamples
  jobSeries: SeriesCache
  hub: EventHub
  keys: KeyRing
  logFollowers: LogFollowers
  commands: BackgroundCommands
  terminals: Set<OpenTerminal>
  approvals: Approvals
  /** The ids of machines that are read-only, for what cannot wait for the database. */
  readOnly: Set<string>
  jobs: JobStore
  scheduler: Scheduler
  collector: Collector
  deletedFolders: DeletedFolders
  /** Made by the live service when somebody first watches a log. */
  liveLogs?: LiveLogs
  /** Answers WebSocket upgrades; set by the HTTP edge, called by the server. */
  upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean | Refusal
  /** Answers requests that need not go through Next; set and called as `upgrade`. */
  direct?: (request: IncomingMessage, response: ServerResponse) => Promise<boolean>
  /** Ends everything within seconds; the process may exit afterwards. */
  stop(): Promise<void>
}

// On globalThis because each of Next's bundles has its own copy of this module.
const KEY = Symbol.for('dgx.runtime')
type Holder = { [KEY]?: Runtime }

/** The runtime of this process, made when first asked for. */
export function runtime(): Runtime {
  const holder = globalThis as Holder
  holder[KEY] ??= createRuntime()
  return holder[KEY]
}

function createRuntime(): Runtime {
  const config = readConfig(process.env)
  const db = database()
  const onError = (error: unknown) => log.error({ err: error }, 'background work failed')
  const audit = new AuditLog({ database: db, keptDays: config.auditDays, onError })
  const store = new MetricStore({ database: db, onError })
  const healthLog = new HealthLog({ database: db, onError })
  const rollUp = new RollUp({ database: db, onError })
  const retention = new Retention({
    ...{ database: db, retention: config.retention, onError },
    others: [(limit) => audit.prune(limit)],
  })
  const recent = new RecentSamples()
  const jobSeries = new SeriesCache()
  const hub = new EventHub()
  const keys = new KeyRing({
    onUsed: (id, at) =>
      void db.apiKey.updateMany({ where: { id }, data: { last_used_at: at } }).catch(onError),
  })
  const accounting = new JobAccounting({
    ...{ database: db, onError },
    onLeases: (id) => monitor.announce(id),
  })
  const readOnly = new Set<string>()
  const monitor = new Monitor({
    store,
    jobOf: (id, origin) => accounting.jobOf(id, origin),
    freeGpus: (metrics) =>
      freeGpus({
        isReadOnly: readOnly.has(metrics.connection_id),
        isConnected: scheduler.isConnected(metrics.connection_id),
        metrics,
        leases: accounting.leasesOf(metrics.connection_id),
        limits: config.fleetLimits,
      }),
    onSample: (id, sample) => {
      store.record(id, sample)
      healthLog.record(id, sample)
      recent.record(id, sample)
      accounting.record(id, sample)
    },
    onMetrics: (metrics) =>
      hub.publish({ type: 'metrics', connection_id: metrics.connection_id, metrics }),
  })
  const hostKeys = new HostKeyRecords(db)
  const hosts = new SshPool({
    hostKeys,
    policy: config.hostKeyPolicy,
    onState: (id, state) => void onConnectionState(id, state).catch(onError),
  })
  const logFollowers = new LogFollowers({ hub, hosts })
  const commands = new BackgroundCommands()
  const approvals = new Approvals((waiting) => hub.publish({ type: 'approvals', waiting }))

  async function onConnectionState(id: string, state: ConnectionState): Promise<void> {
    log.info(
      { connection_id: id, status: state.status, code: state.last_error?.code },
      'connection',
    )
    const { status, last_error, connected_at } = state
    hub.publish({ type: 'connection', connection_id: id, status, last_error, connected_at })
    monitor.announce(id)
    if (state.status !== 'connected') {
      monitor.pause(id)
      return
    }
    // The record may be gone: a connection can be deleted while it connects.
    const { count } = await db.connection.updateMany({
      where: { id },
      data: { last_connected_at: new Date(state.connected_at ?? Date.now()) },
    })
    const row = await db.connection.findUnique({
      where: { id },
      select: { sample_interval_ms: true },
    })
    const host = hosts.find(id)
    if (count === 0 || !row || !host) return
    await healthLog.load(id)
    if (!recent.has(id)) {
      const { retention } = config
      const now = new Date()
      recent.restore(
        id,
        await readRecordedSamples({ database: db, connectionId: id, retention, now }),
      )
    }
    void deletedFolders.remove()
    await monitor.watch(host, row.sample_interval_ms)
  }

  const jobs: JobStore = new JobStore({
    database: db,
    publish: (event) => hub.publish(event),
    live: () => scheduler,
    onRuns: () => accounting.reload(),
    audit,
  })
  const scheduler = new Scheduler({
    ...{ database: db, hosts, hub, jobs, onError },
    metricsOf: (id) => monitor.latest(id),
    limits: config.fleetLimits,
    killGraceS: config.killGraceS,
  })
  const collector = new Collector({
    ...{ database: db, hosts, onError },
    onNews: (ids) => void jobs.announceAll(ids).catch(onError),
  })
  const deletedFolders = new DeletedFolders({ database: db, hosts, onError })

  audit.start()
  store.start()
  healthLog.start()
  rollUp.start()
  retention.start()
  accounting.start()

  return {
    hosts,
    targets: new ConnectionTargets(),
    hostKeys,
    monitor,
    audit,
    store,
    healthLog,
    recent,
    jobSeries,
    hub,
    keys,
    logFollowers,
    commands,
    terminals: new Set(),
    approvals,
    readOnly,
    jobs,
    scheduler,
    collector,
    deletedFolders,
    stop: async () => {
      approvals.stop()
      hub.stop()
      logFollowers.stop()
      monitor.stop()
      // Their process groups are ended over connections that still stand.
      await commands.stop()
      // Its commands on machines end with their connections; the runs go on.
      await Promise.all([scheduler.stop(), collector.stop(), deletedFolders.stop(), hosts.stop()])
      await Promise.all([
        rollUp.stop(),
        retention.stop(),
        store.stop(),
        healthLog.stop(),
        accounting.stop(),
      ])
      // Last, as the end of all these may be worth an entry.
      await audit.stop()
      delete (globalThis as Holder)[KEY]
      await closeDatabase()
    },
  }
}

/** Called once when the server starts: brings back every connection the user wants. */
export async function startRuntime(): Promise<void> {
  const { hosts, keys, readOnly, scheduler, collector, deletedFolders } = runtime()
  await loadKeys(keys)
  const readOnlyRows = await database().connection.findMany({
    where: { read_only: true },
    select: { id: true },
  })
  for (const { id } of readOnlyRows) readOnly.add(id)
  scheduler.start()
  collector.start()
  deletedFolders.start()
  const wanted = await database().connection.findMany({ where: { is_active: true } })
  for (const row of wanted) {
    const host = await hosts.host(row)
    // Its failure is in the connection's status, and passing trouble is tried again.
    void host.connect().catch(() => {})
  }
}
