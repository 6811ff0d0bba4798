import { readConfig } from '../../config.mjs'
import { database } from '../../db/client'
import { getConnectionRecord } from '../connections/records'
import { requireHost } from '../connections/service'
import { DgxError } from '../errors'
import { runtime } from '../runtime'
import { readHealthEvents } from './health-events'
import { getHistory } from './history'
import { readHostHistory } from './host-history'
import { FRESH_SLACK_MS } from './monitor'
import type { HealthEventsQuery, HistoryQuery, HostHistoryQuery } from './schema'
import type { Metrics, SampleErrorCode } from './types'

/** How long a request waits for a machine's first sample. */
const FIRST_SAMPLE_MS = 15_000

/**
 * The newest sample of a machine; waits for the first one after a connect.
 * @throws DgxError connection_not_found, not_connected; nvidia_smi_missing, nvidia_smi_failed,
 *   nvidia_smi_hung when no GPU could be read at all (the host's part is in `data`)
 */
export async function getGPUMetrics(options: {
  id: string
  signal?: AbortSignal
}): Promise<Metrics> {
  const { connection, host } = await requireHost(options.id)
  const { status, last_error } = host.state
  if (status !== 'connected' && status !== 'reconnecting') {
    throw new DgxError(
      'not_connected',
      `${connection.name} is not connected, so its GPUs cannot be read. ${last_error?.message ?? `POST /api/dgx/connect/${connection.id} first.`}`,
    )
  }
  const metrics = await newestMetrics(connection.id, options.signal)
  if (!metrics) {
    const trouble = runtime().monitor.find(connection.id)?.trouble ?? last_error?.message
    if (status === 'reconnecting') {
      throw new DgxError(
        'not_connected',
        `${connection.name} is not connected now and is being tried again, so its GPUs cannot be read. ${trouble ?? ''}`.trimEnd(),
      )
    }
    throw new DgxError(
      'nvidia_smi_failed',
      `${connection.name} gave no sample within ${FIRST_SAMPLE_MS / 1000} s. ${trouble ? `${trouble} ` : ''}Try nvidia-smi there by POST /api/dgx/exec/${connection.id}.`,
    )
  }
  const failure = metrics.errors.find((error) => FATAL[error.code])
  const code = failure && FATAL[failure.code]
  if (code && metrics.gpus.every((gpu) => gpu.name === null || gpu.gpu_utilization === null)) {
    throw new DgxError(code, `${connection.name}: ${failure.message}`, { data: metrics })
  }
  return metrics
}

/** Failures of nvidia-smi as a whole, as the code to answer with. */
const FATAL: Partial<
  Record<SampleErrorCode, 'nvidia_smi_missing' | 'nvidia_smi_failed' | 'nvidia_smi_hung'>
> = {
  nvidia_smi_missing: 'nvidia_smi_missing',
  nvidia_smi_hung: 'nvidia_smi_hung',
  nvidia_smi_failed: 'nvidia_smi_failed',
  driver_mismatch: 'nvidia_smi_failed',
  driver_not_loaded: 'nvidia_smi_failed',
  no_devices: 'nvidia_smi_failed',
}

async function newestMetrics(id: string, signal?: AbortSignal): Promise<Metrics | null> {
  let metrics = latestMetrics({ id })
  const deadline = Date.now() + (metrics?.stale ? FRESH_SLACK_MS : FIRST_SAMPLE_MS)
  // While nvidia-smi takes its time for the first reading, a sample has the host only.
  const isWanting = () =>
    !metrics || metrics.stale || (metrics.gpus_recorded_at === null && metrics.errors.length === 0)
  for (let left = 1; isWanting() && left > 0; left = deadline - Date.now()) {
    await runtime().monitor.next(id, { timeoutMs: deadline - Date.now(), signal })
    metrics = latestMetrics({ id })
  }
  return metrics
}

/** What is known of a machine right now, without waiting; null before its first sample. */
export function latestMetrics({ id }: { id: string }): Metrics | null {
  return runtime().monitor.latest(id)
}

/**
 * Past samples of GPUs in buckets, see `getHistory`.
 * @throws DgxError connection_not_found
 */
export async function getMetricsHistory({ id, ...query }: { id: string } & HistoryQuery) {
  return getHistory({ ...query, ...(await historyOf(id)) })
}

/**
 * Past samples of the host in buckets, see `readHostHistory`.
 * @throws DgxError connection_not_found
 */
export async function getHostHistory({ id, ...query }: { id: string } & HostHistoryQuery) {
  return readHostHistory({ ...query, ...(await historyOf(id)) })
}

/**
 * How the health of a machine's GPUs changed, the newest first.
 * @throws DgxError connection_not_found, invalid_request for a cursor of another list
 */
export async function listHealthEvents({ id, ...query }: { id: string } & HealthEventsQuery) {
  const { id: connectionId } = await getConnectionRecord({ id })
  return readHealthEvents({ ...query, database: database(), connectionId })
}

async function historyOf(id: string) {
  const connection = await getConnectionRecord({ id })
  return {
    database: database(),
    connectionId: connection.id,
    retention: readConfig(process.env).retention,
    now: new Date(),
  }
}
