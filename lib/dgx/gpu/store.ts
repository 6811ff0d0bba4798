import type { KnownGpu } from './known-gpus'
import { deleteRollupsAfter } from './rollup.sql'
import type { Database } from './samples.sql'
import { GPU_SERIES, HOST_SERIES, type OwnerId } from './series'
import {
  type HostSampleRow,
  insertHostSamples,
  insertSamples,
  type SampleRow,
  type SeenGpu,
  selectKnownGpus,
  upsertGpus,
} from './store.sql'
import { LATE_AFTER_MS } from './tiers'
import type { GpuSample, HostSample, MachineSample } from './types'
import { WriteBuffer, type WriteTrouble } from './write-buffer'

/**
 * In one transaction, so that the event loop is free again after about 10 ms: each row goes to the
 * end of its own GPU's part of the index, another page for every GPU.
 */
const ROWS_PER_BATCH = 400

/** 15 MB; a minute of 800 GPUs at 1 Hz, hours of one machine. */
const MAX_BUFFERED_ROWS = 50_000

/**
 * Samples that could not be written for longer are given up. Less than the least age of raw
 * samples (1 h): a late sample's minute is made again from the raw ones around it.
 */
const MAX_WAIT_MS = 45 * 60_000

/** How often `last_seen_at` of a GPU is written. */
const SEEN_EVERY_MS = 60_000

type GpuRow = Omit<SampleRow, 'gpuId'> & { kind: 'gpu'; connectionId: string; gpu: GpuSample }
type HostRow = HostSampleRow & { kind: 'host' }

type CachedGpu = Omit<SeenGpu, 'connectionId' | 'uuid'> & { id: number }

/** Writes the values of samples, of GPUs and of hosts; what cannot be written waits. */
export class MetricStore {
  readonly #database: Database
  readonly #now: () => number
  readonly #buffer: WriteBuffer<GpuRow | HostRow>
  readonly #gpus = new Map<string, Map<string, CachedGpu>>()
  /** When the GPUs of each connection were last read; the same reading may come again. */
  readonly #lastReadings = new Map<string, string>()

  constructor(options: {
    database: Database
    /** Called when writing fails, and once a minute while it keeps failing. */
    onError: (error: unknown, trouble: WriteTrouble) => void
    /** Milliseconds since 1970. */
    now?: () => number
    maxBufferedRows?: number
  }) {
    this.#database = options.database
    this.#now = options.now ?? Date.now
    this.#buffer = new WriteBuffer({
      write: (batch) => this.#write(batch),
      onError: options.onError,
      now: this.#now,
      maxRows: options.maxBufferedRows ?? MAX_BUFFERED_ROWS,
      maxWaitMs: MAX_WAIT_MS,
      rowsPerBatch: ROWS_PER_BATCH,
    })
  }

  /** Samples lost since the start because they could not be written in time. */
  get droppedRows(): number {
    return this.#buffer.droppedRows
  }

  start(): void {
    this.#buffer.start()
  }

  /** Writes what is buffered, then stops. */
  stop(): Promise<void> {
    return this.#buffer.stop()
  }

  /** Writes what is buffered now. Never rejects: what cannot be written waits for the next time. */
  flush(): Promise<void> {
    return this.#buffer.flush()
  }

  /** Takes a sample to be written with the next flush. What gave no value at all gives no row. */
  record(connectionId: string, sample: MachineSample): void {
    this.#buffer.push([
      ...this.#gpuRows(connectionId, sample),
      ...hostRows(connectionId, sample.host, Date.parse(sample.recorded_at)),
    ])
  }

  #gpuRows(connectionId: string, sample: MachineSample): GpuRow[] {
    const readAt = sample.gpus_recorded_at
    if (readAt === null || this.#lastReadings.get(connectionId) === readAt) return []
    this.#lastReadings.set(connectionId, readAt)
    const at = Date.parse(readAt)
    return sample.gpus.flatMap((gpu): GpuRow[] => {
      const { gpu_utilization, memory_used_mb, memory_total_mb, temperature_c, power_watts } = gpu
      const values = {
        gpu_utilization,
        memory_used_mb,
        memory_total_mb,
        temperature_c,
        power_watts,
      }
      if (Object.values(values).every((value) => value === null)) return []
      return [{ kind: 'gpu', connectionId, gpu, at, ...values }]
    })
  }

  /** Forgets a connection that is being deleted, and its samples that still wait. */
  forget(connectionId: string): void {
    this.#gpus.delete(connectionId)
    this.#lastReadings.delete(connectionId)
    this.#buffer.drop((row) => row.connectionId === connectionId)
  }

  /** The GPUs that a machine had at or after `since`, by their index. */
  knownGpus(connectionId: string, since: Date): Promise<KnownGpu[]> {
    return selectKnownGpus(this.#database, connectionId, since.getTime())
  }

  /** All rows or none: a batch that failed is written again as a whole. */
  async #write(batch: ReadonlyArray<GpuRow | HostRow>): Promise<void> {
    const gpuRows = batch.filter((row) => row.kind === 'gpu')
    const hosts = batch.filter((row) => row.kind === 'host')
    await this.#refreshGpus(gpuRows)
    const gpus = gpuRows.flatMap(({ kind, connectionId, gpu, ...values }): SampleRow[] => {
      const cached = this.#gpus.get(connectionId)?.get(gpu.uuid)
      return cached === undefined ? [] : [{ ...values, gpuId: cached.id }]
    })
    const before = this.#now() - LATE_AFTER_MS
    const lateGpus = lateOwners(gpus, ({ gpuId }) => gpuId, before)
    const lateHosts = lateOwners(hosts, ({ connectionId }) => connectionId, before)
    const database = this.#database
    const [written] = await database.$transaction([
      insertSamples(database, gpus),
      ...(hosts.length > 0 ? [insertHostSamples(database, hosts)] : []),
      ...(lateGpus.length > 0 ? [deleteRollupsAfter(database, GPU_SERIES, lateGpus)] : []),
      ...(lateHosts.length > 0 ? [deleteRollupsAfter(database, HOST_SERIES, lateHosts)] : []),
    ])
    // Some GPU is gone without `forget`: look all up again, in case its connection is not.
    if (written !== gpus.length) this.#gpus.clear()
  }

  /** Looks up the GPUs that are new, changed, or not refreshed for a minute. */
  async #refreshGpus(batch: readonly GpuRow[]): Promise<void> {
    const seen = new Map<string, SeenGpu>()
    for (const { connectionId, gpu, at } of batch) {
      const cached = this.#gpus.get(connectionId)?.get(gpu.uuid)
      if (cached !== undefined && isFresh(cached, gpu, at)) continue
      const { uuid, index, pci_bus_id: pciBusId, name } = gpu
      seen.set(JSON.stringify([connectionId, uuid]), {
        ...{ connectionId, uuid, index, pciBusId, name },
        seenAt: at,
      })
    }
    if (seen.size === 0) return
    const found = await upsertGpus(this.#database, [...seen.values()])
    for (const { id, connection_id, uuid } of found) {
      const gpu = seen.get(JSON.stringify([connection_id, uuid]))
      if (gpu === undefined) continue
      const ofConnection = this.#gpus.get(connection_id) ?? new Map<string, CachedGpu>()
      this.#gpus.set(connection_id, ofConnection)
      ofConnection.set(uuid, { id, ...gpu })
    }
  }
}

function isFresh(cached: CachedGpu, gpu: GpuSample, at: number): boolean {
  return (
    at - cached.seenAt < SEEN_EVERY_MS &&
    // A value that is null for once is no news: the last known one stays.
    (gpu.index === null || gpu.index === cached.index) &&
    (gpu.pci_bus_id === null || gpu.pci_bus_id === cached.pciBusId) &&
    (gpu.name === null || gpu.name === cached.name)
  )
}

/** No row when nothing was read: disk sizes are shown again from the minute before. */
function hostRows(connectionId: string, host: HostSample, at: number): HostRow[] {
  const read = {
    cpu_utilization: host.cpu_utilization,
    load_1m: host.load_1m,
    memory_available_mb: host.memory_available_mb,
    memory_cached_mb: host.memory_cached_mb,
    memory_total_mb: host.memory_total_mb,
    swap_used_mb: host.swap_used_mb,
    memory_pressure_some_avg10: host.memory_pressure_some_avg10,
    network_rx_bytes_per_s: host.network_rx_bytes_per_s,
    network_tx_bytes_per_s: host.network_tx_bytes_per_s,
  }
  if (Object.values(read).every((value) => value === null)) return []
  const { disk_used_gb, disk_total_gb } = host
  return [{ kind: 'host', connectionId, at, ...read, disk_used_gb, disk_total_gb }]
}

/** For each owner with samples older than `before` (ms), the time of the oldest. */
function lateOwners<Row extends { at: number }>(
  samples: readonly Row[],
  ownerOf: (row: Row) => OwnerId,
  before: number,
) {
  const oldest = new Map<OwnerId, number>()
  for (const row of samples) {
    const owner = ownerOf(row)
    if (row.at < before) oldest.set(owner, Math.min(row.at, oldest.get(owner) ?? row.at))
  }
  return Array.from(oldest, ([ownerId, at]) => ({ ownerId, at }))
}
