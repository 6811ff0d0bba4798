import { isDeepStrictEqual } from 'node:util'
import { database } from '../../db/client'
import { Prisma, type Job as Row } from '../../db/generated/client'
import { getConnectionRecord } from '../connections/records'
import { DgxError } from '../errors'
import { findByIdOrName } from '../references'
import { runtime } from '../runtime'
import { whyNever } from './scheduler/placement'
import { candidateIds } from './scheduler/scheduler'
import type { JobUpdate, ManagedJobInput } from './schema'
import { ANY_MACHINE } from './states'

/** What a job with a command asks for: all that only such a job has. */
type Order = Pick<ManagedJobInput, (typeof ORDER_KEYS)[number]>

export const ORDER_KEYS = [
  'command',
  'working_dir',
  'env',
  'gpus',
  'gpu_indices',
  'min_gpu_memory_mb',
  'priority',
  'timeout_s',
  'max_retries',
  'depends_on',
  'connection_id',
  'connection_ids',
  'log_labels',
  'metric_pattern',
] as const

/** Read anew for each part of a log, so that they may be changed while it grows. */
const LOG_KEYS: ReadonlySet<string> = new Set(['log_labels', 'metric_pattern'])

/** What the safety settings of machines decide by. */
const SAFETY_KEYS: ReadonlySet<string> = new Set(['command', 'connection_id', 'connection_ids'])

/** What a stored job asks for, as it could be sent again. */
export function orderOf(row: Row): Order {
  return {
    command: row.command ?? '',
    working_dir: row.working_dir,
    // Written by this program only, in these shapes.
    env: row.env as Order['env'],
    gpus: row.gpus,
    gpu_indices: row.gpu_indices as Order['gpu_indices'],
    min_gpu_memory_mb: row.min_gpu_memory_mb,
    priority: row.priority,
    timeout_s: row.timeout_s,
    max_retries: row.max_retries,
    depends_on: row.depends_on as Order['depends_on'],
    connection_id: null,
    connection_ids: row.connection_ids as Order['connection_ids'],
    log_labels: row.log_labels as Order['log_labels'],
    metric_pattern: row.metric_pattern,
  }
}

/**
 * Finds what an order names and refuses what can never run. The machine and the
 * folder of its project are taken over now: a later change of the project does not move the job.
 * @throws DgxError invalid_request, project_not_found, connection_not_found, job_not_found,
 *   ambiguous_name, does_not_fit
 */
export async function prepareOrder<T extends Order & { project_id: string | null }>(order: T) {
  const project = order.project_id === null ? null : await findProject(order.project_id)
  const { gpus, gpu_indices } = countGpus(order)
  const connection_ids = await machinesOf(order, project?.connection_id ?? null)
  const fleet = await runtime().scheduler.fleet()
  const never = whyNever(
    { gpus, gpu_indices, min_gpu_memory_mb: order.min_gpu_memory_mb },
    candidateIds(connection_ids, fleet).flatMap((id) => fleet.get(id) ?? []),
  )
  if (never) throw new DgxError('does_not_fit', never)
  return {
    ...order,
    project_id: project?.id ?? null,
    working_dir: order.working_dir ?? project?.remote_path ?? null,
    gpus,
    gpu_indices,
    depends_on: await dependenciesOf(order.depends_on),
    connection_ids,
  }
}
type PreparedOrder = Awaited<ReturnType<typeof prepareOrder<Order & { project_id: string | null }>>>

/** A prepared order as it is stored. */
export function orderColumns(order: PreparedOrder) {
  return {
    project_id: order.project_id,
    command: order.command,
    working_dir: order.working_dir,
    env: order.env ?? Prisma.DbNull,
    gpus: order.gpus,
    gpu_indices: order.gpu_indices ?? Prisma.DbNull,
    min_gpu_memory_mb: order.min_gpu_memory_mb,
    priority: order.priority,
    timeout_s: order.timeout_s,
    max_retries: order.max_retries,
    depends_on: order.depends_on ?? Prisma.DbNull,
    connection_ids: order.connection_ids,
    log_labels: order.log_labels ?? Prisma.DbNull,
    metric_pattern: order.metric_pattern,
  }
}

/**
 * The columns of what a change asks for differently; null when it asks for nothing new.
 * @throws DgxError as `prepareOrder`; job_not_waiting for what a run has been given already
 */
export async function changeOrder(row: Row, changes: JobUpdate) {
  const before = { ...orderOf(row), connection_id: row.connection_id }
  const changed = ORDER_KEYS.filter(
    (key) => changes[key] !== undefined && !isDeepStrictEqual(changes[key], before[key]),
  ).filter((key) => row.phase !== null || changes[key] !== null)
  if (changed.length === 0) return null
  if (row.phase === null) {
    throw invalid(
      changed,
      `is only for a job that the app runs, and ${row.name} is tracked by hand`,
    )
  }
  if (changes.command === null) throw invalid(['command'], 'cannot be taken from a managed job')
  const given = Object.fromEntries(changed.map((key) => [key, changes[key]]))
  const after = {
    ...before,
    connection_id: null,
    ...('gpu_indices' in given ? { gpus: null } : {}),
    ...('connection_id' in given ? { connection_ids: null } : {}),
    ...given,
    project_id: row.project_id,
  } as Order & { project_id: string | null }
  const prepared = await prepareOrder(after)
  await refuseCycle(row.id, prepared.depends_on ?? [])
  const { project_id: _, ...rest } = orderColumns(prepared)
  return {
    needsWaiting: changed.some((key) => !LOG_KEYS.has(key)),
    isToBeAllowed: changed.some((key) => SAFETY_KEYS.has(key)),
    columns: {
      ...rest,
      retries_left: Math.max(0, row.retries_left + after.max_retries - row.max_retries),
    },
  }
}

function invalid(paths: readonly string[], message: string): DgxError {
  return new DgxError('invalid_request', `"${paths[0]}" ${message}.`, {
    details: paths.map((path) => ({ path, message })),
  })
}

/** One GPU where nothing is said: who gives a DGX a command wants to use one. */
function countGpus({ gpus, gpu_indices }: Pick<Order, 'gpus' | 'gpu_indices'>) {
  const asked = gpus ?? gpu_indices?.length ?? 1
  if (gpu_indices && asked !== gpu_indices.length) {
    throw invalid(['gpus'], `is ${asked}, but gpu_indices names ${gpu_indices.length}`)
  }
  return { gpus: asked, gpu_indices }
}

async function machinesOf(
  { connection_id, connection_ids }: Pick<Order, 'connection_id' | 'connection_ids'>,
  ofProject: string | null,
): Promise<string[]> {
  if (connection_id !== null && connection_ids !== null) {
    throw invalid(['connection_id'], 'and connection_ids are given; one of them is enough')
  }
  const named = connection_ids ?? (connection_id === null ? null : [connection_id])
  if (named === null) {
    if (ofProject !== null) return [ofProject]
    throw invalid(
      ['connection_id'],
      'is missing: name a machine, several in connection_ids, or a project that has one',
    )
  }
  if (named.includes(ANY_MACHINE)) return [ANY_MACHINE]
  const records = await Promise.all(named.map((id) => getConnectionRecord({ id })))
  return [...new Set(records.map(({ id }) => id))]
}

async function dependenciesOf(references: readonly string[] | null): Promise<string[] | null> {
  if (references === null || references.length === 0) return null
  const jobs = await Promise.all(
    references.map((reference) =>
      findByIdOrName({
        reference,
        noun: 'job',
        find: (where) =>
          database().job.findMany({ where, take: 10, select: { id: true, name: true } }),
      }),
    ),
  )
  return [...new Set(jobs.map(({ id }) => id))]
}

/** Follows what a job would depend on; meeting the job itself, nothing of the circle could start. */
async function refuseCycle(id: string, depends_on: readonly string[]): Promise<void> {
  const seen = new Set<string>()
  for (let next: string[] = [...depends_on]; next.length > 0; ) {
    if (next.includes(id)) {
      throw invalid(['depends_on'], 'leads back to the job itself, so that none could ever start')
    }
    for (const each of next) seen.add(each)
    const rows = await database().job.findMany({
      where: { id: { in: next } },
      select: { depends_on: true },
    })
    next = rows
      .flatMap((row) => (row.depends_on as string[] | null) ?? [])
      .filter((each) => !seen.has(each))
  }
}

/** Not `getProjectRecord`: projects call jobs, and a cycle would close. */
export function findProject(reference: string) {
  return findByIdOrName({
    reference,
    noun: 'project',
    find: (where) =>
      database().project.findMany({
        where,
        take: 10,
        select: { id: true, name: true, connection_id: true, remote_path: true },
      }),
  })
}
