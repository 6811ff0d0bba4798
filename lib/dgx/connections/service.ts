import { database } from '../../db/client'
import { DgxError } from '../errors'
import { countMetrics, removeMetrics } from '../gpu/retention'
import { endRuns, jobIdsOf } from '../jobs/removal'
import { runtime } from '../runtime'
import type { HostPool } from '../ssh/host-pool'
import type { ConnectionState } from '../ssh/schema'
import type { SshSecrets } from '../ssh/target'
import type {
  Connection,
  ConnectionContents,
  ConnectionStatusAnswer,
  ConnectionWithStatus,
} from './answers'
import { findMachine } from './machine'
import {
  createConnectionRecord,
  getConnectionRecord,
  listConnectionRecords,
  removeConnection,
  reorderConnectionRecords,
  type SafeMachine,
  updateConnectionRecord,
} from './records'
import type { ConnectionInput, ConnectionListQuery, ConnectionUpdate } from './schema'

const NEVER: ConnectionState = {
  status: 'disconnected',
  last_error: null,
  connected_at: null,
  host_key_fingerprint: null,
  host_key_type: null,
  is_first_contact: false,
  refused_host_key: null,
}

const stateOf = (id: string): ConnectionState => runtime().hosts.find(id)?.state ?? NEVER

function withStatus(connection: Connection): ConnectionWithStatus {
  const { status, last_error, host_key_fingerprint } = stateOf(connection.id)
  return { ...connection, status, last_error, host_key_fingerprint }
}

function toStatus(connection: Connection): ConnectionStatusAnswer {
  const state = stateOf(connection.id)
  return {
    connection_id: connection.id,
    name: connection.name,
    status: state.status,
    connected: state.status === 'connected',
    is_active: connection.is_active,
    last_error: state.last_error,
    connected_at: state.connected_at,
    last_connected_at: connection.last_connected_at,
    host_key_fingerprint: state.host_key_fingerprint,
    host_key_type: state.host_key_type,
    is_first_contact: state.is_first_contact,
    refused_host_key: state.refused_host_key,
    commands_waiting: runtime().hosts.find(connection.id)?.waiting ?? 0,
  }
}

/** Every connection with its status, newest first unless `sort` says otherwise, a page at a time. */
export async function listConnections(query: ConnectionListQuery) {
  const page = await listConnectionRecords(query)
  return { ...page, items: page.items.map(withStatus) }
}

/** @throws DgxError connection_not_found, ambiguous_name */
export async function getConnection({ id }: { id: string }): Promise<ConnectionWithStatus> {
  return withStatus(await getConnectionRecord({ id }))
}

/** @throws DgxError name_taken */
export async function createConnection(input: ConnectionInput): Promise<ConnectionWithStatus> {
  const connection = withStatus(await createConnectionRecord(input))
  runtime().hub.publish({ type: 'connections_changed' })
  return connection
}

/**
 * Changes a connection. A new address, user or key takes effect at once: the old connection is
 * closed, and opened anew when the user wants it connected.
 */
export async function updateConnection(options: { id: string; changes: ConnectionUpdate }) {
  const before = await getConnectionRecord({ id: options.id })
  const after = await updateConnectionRecord(options)
  const { hosts, monitor, targets } = runtime()
  targets.forget()
  if (before.is_active) {
    const host = await hosts.host(after)
    if (host.state.status === 'disconnected') void host.connect().catch(() => {})
    else if (
      before.sample_interval_ms !== after.sample_interval_ms &&
      host.state.status === 'connected'
    ) {
      await monitor.watch(host, after.sample_interval_ms)
    }
  } else {
    // What was true of the old address is not of the new one.
    await hosts.remove(after.id)
  }
  runtime().hub.publish({ type: 'connections_changed' })
  return withStatus(after)
}

/**
 * Puts machines in the user's order: those named come first, as named, the others follow.
 * @throws DgxError connection_not_found, ambiguous_name, invalid_request when one is named twice
 */
export async function reorderConnections(options: { ids: readonly string[] }) {
  const ids = await reorderConnectionRecords(options)
  runtime().hub.publish({ type: 'connections_changed' })
  return { ids }
}

/** @throws DgxError connection_not_found, ambiguous_name */
export async function getConnectionContents({
  id: reference,
}: {
  id: string
}): Promise<ConnectionContents> {
  const { id } = await getConnectionRecord({ id: reference })
  const db = database()
  const ofProjects = { project: { connection_id: id } }
  const [metrics, projects, jobs, running] = await Promise.all([
    countMetrics({ database: db, connectionId: id }),
    db.project.count({ where: { connection_id: id } }),
    db.job.count({ where: ofProjects }),
    db.job.count({ where: { ...ofProjects, status: 'running' } }),
  ])
  return {
    connection_id: id,
    samples: metrics.samples,
    samples_since: metrics.since === null ? null : new Date(metrics.since).toISOString(),
    health_events: metrics.healthEvents,
    projects,
    jobs,
    running_jobs: running,
  }
}

/**
 * Deletes a connection: disconnects it, removes its metrics, keeps its projects and jobs unless
 * `cascade`. What runs there is stopped first with `force`, else it is a 409.
 * @throws DgxError connection_not_found, jobs_running, machine_read_only
 */
export async function deleteConnection(options: { id: string; cascade: boolean; force: boolean }) {
  const { id: connection_id, read_only } = await getConnectionRecord(options)
  const stop = { what: 'the machine', force: options.force, goingMachine: connection_id }
  await endRuns({ ...stop, jobs: { connection_id }, areDeleted: false })
  if (options.cascade) {
    await endRuns({ ...stop, jobs: { project: { connection_id } }, areDeleted: true })
  }
  const { hosts, monitor, store, healthLog, recent, hub, targets, deletedFolders } = runtime()
  const jobIds = options.cascade ? await jobIdsOf({ project: { connection_id } }) : []
  const removed = await removeConnection({
    ...options,
    jobIds,
    beforeRemove: async (id) => {
      if (!read_only) await deletedFolders.removeLast(id, jobIds)
      await hosts.remove(id)
      monitor.forget(id)
      store.forget(id)
      healthLog.forget(id)
      recent.forget(id)
      await removeMetrics({ database: database(), connectionId: id })
    },
  })
  targets.forget()
  hub.publish({ type: 'connections_changed' })
  void deletedFolders.remove()
  return removed
}

/**
 * Connects a machine and waits until it is ready or has failed; from then on it is kept connected,
 * also after a restart of the app. Idempotent.
 * @throws DgxError with the reason; passing trouble is tried again in the background
 */
export async function connectToDGX(
  options: { id: string } & SshSecrets,
): Promise<ConnectionStatusAnswer> {
  const connection = await getConnectionRecord({ id: options.id })
  await database().connection.update({ where: { id: connection.id }, data: { is_active: true } })
  const host = await runtime().hosts.host(connection)
  await host.connect({ passphrase: options.passphrase, password: options.password })
  return getConnectionStatus({ id: connection.id })
}

/** Disconnects a machine and stops keeping it connected. Idempotent. */
export async function disconnectFromDGX({ id }: { id: string }): Promise<ConnectionStatusAnswer> {
  const connection = await getConnectionRecord({ id })
  await database().connection.update({ where: { id: connection.id }, data: { is_active: false } })
  await runtime().hosts.find(connection.id)?.disconnect()
  return getConnectionStatus({ id: connection.id })
}

/** @throws DgxError connection_not_found, ambiguous_name */
export async function getConnectionStatus({ id }: { id: string }): Promise<ConnectionStatusAnswer> {
  return toStatus(await getConnectionRecord({ id }))
}

/**
 * The state of the whole fleet. `active` is the machine that connected last, null when none is
 * connected.
 */
export async function getFleetStatus() {
  const { items } = await listConnectionRecords({ limit: 1000 })
  const connections = items.map(toStatus)
  const connected = connections
    .filter((status) => status.connected)
    .sort((a, b) => (b.connected_at ?? '').localeCompare(a.connected_at ?? ''))
  return { active: connected[0] ?? null, connected_count: connected.length, connections }
}

/** Closes every SSH connection of this run; the user's wishes stay as they are. */
export async function disconnectAll(): Promise<void> {
  const { hosts, monitor } = runtime()
  monitor.stop()
  await hosts.stop()
}

/**
 * Accepts exactly one host key: the one that was refused last and has this fingerprint. It takes
 * the place of what was accepted before; then the machine is connected.
 * @throws DgxError host_key_mismatch when another key is presented
 */
export async function trustHostKey(options: {
  id: string
  fingerprint: string
}): Promise<ConnectionStatusAnswer> {
  const connection = await getConnectionRecord({ id: options.id })
  const { hosts, hostKeys } = runtime()
  const host = await hosts.host(connection)
  if (!host.state.refused_host_key) await host.connect().catch(() => {})
  const refused = host.state.refused_host_key
  if (!refused) {
    if (host.state.host_key_fingerprint === options.fingerprint) return getConnectionStatus(options)
    throw new DgxError(
      'host_key_mismatch',
      `${connection.name} has no refused host key to trust${host.state.last_error ? `; ${host.state.last_error.message}` : '.'}`,
    )
  }
  if (refused.host_key.fingerprint !== options.fingerprint) {
    throw new DgxError(
      'host_key_mismatch',
      `${connection.name} presents ${refused.host_key.fingerprint}, not ${options.fingerprint}. Nothing was changed; compare both with the machine itself.`,
    )
  }
  const { address, key_type, key_base64, fingerprint } = refused.host_key
  await hostKeys.replace(connection.id, {
    address,
    keyType: key_type,
    keyBase64: key_base64,
    fingerprint,
  })
  return connectToDGX({ id: connection.id })
}

/** The machine's connections, for the other services. @throws DgxError connection_not_found */
export async function requireHost(
  id: string,
): Promise<{ connection: SafeMachine; host: HostPool }> {
  const connection = await findMachine(id)
  return { connection, host: await runtime().hosts.host(connection) }
}
