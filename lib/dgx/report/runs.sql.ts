/** The runs and jobs of a period, and what their metrics came to. Times in ms since 1970. */
import { setImmediate } from 'node:timers/promises'
import { z } from 'zod'
import { Prisma } from '../../db/generated/client'
import type { Database } from '../gpu/samples.sql'
import { END_REASONS } from '../jobs/states'

type Scope = { from: number; to: number; connectionId: string | null; projectId: string | null }

const is = (column: string, value: string | null) =>
  value === null ? Prisma.sql`true` : Prisma.sql`${Prisma.raw(column)} = ${value}`

const time = z.number().int()
/** Read at once they would hold up everything else; so many take some milliseconds. */
const ROWS_AT_ONCE = 1_000

/** Reads rows by their keys, in the keys' order, with turns of the event loop in between. */
async function readInTurns<Key, Row>(
  keys: readonly Key[],
  read: (keys: string) => Promise<Row[]>,
): Promise<Row[]> {
  const rows: Row[] = []
  for (let i = 0; i < keys.length; i += ROWS_AT_ONCE) {
    rows.push(...(await read(JSON.stringify(keys.slice(i, i + ROWS_AT_ONCE)))))
    await setImmediate()
  }
  return rows
}

/** Answers are one text: many rows cost Prisma more time than SQLite, and hold up everything else. */
const rowsText = z.tuple([z.object({ rows: z.string() })])
const rowsOf = <S extends z.ZodType>(schema: S, answer: unknown): z.output<S> =>
  schema.parse(JSON.parse(rowsText.parse(answer)[0].rows))
const keys = z.array(z.number().int())
const endReason = z.enum(END_REASONS).nullable()

const runs = z.array(
  z.object({
    job_id: z.string(),
    attempt: z.number().int(),
    connection_id: z.string().nullable(),
    gpu_uuids: z.array(z.string()),
    started_at: time,
    ended_at: time.nullable(),
    end_reason: endReason,
    gpu_seconds: z.number(),
    busy_gpu_seconds: z.number(),
    energy_joules: z.number(),
    job_name: z.string(),
    project_id: z.string().nullable(),
  }),
)
/** A run that was there at some time of the period. */
export type ReportRun = z.output<typeof runs>[number]

/** The runs whose command ran at some time of the period, in the order of their attempts. */
export async function selectRuns(database: Database, scope: Scope): Promise<ReportRun[]> {
  const { from, to, connectionId, projectId } = scope
  const found = await database.$queryRaw`
    SELECT json_group_array(a.rowid) AS rows
    FROM dgx_job_attempts AS a JOIN dgx_training_jobs AS j ON j.id = a.job_id
    WHERE (a.ended_at > ${from} OR a.ended_at IS NULL) AND a.started_at < ${to}
      AND ${is('a.connection_id', connectionId)} AND ${is('j.project_id', projectId)}`
  const all = await readInTurns(rowsOf(keys, found), async (some) => {
    const answer = await database.$queryRaw`
      SELECT json_group_array(json_object('job_id', a.job_id, 'attempt', a.attempt,
        'connection_id', a.connection_id, 'gpu_uuids', json(a.gpu_uuids), 'started_at', a.started_at,
        'ended_at', a.ended_at, 'end_reason', a.end_reason, 'gpu_seconds', a.gpu_seconds,
        'busy_gpu_seconds', a.busy_gpu_seconds, 'energy_joules', a.energy_joules,
        'job_name', j.name, 'project_id', j.project_id)) AS rows
      FROM json_each(${some}) AS o CROSS JOIN dgx_job_attempts AS a ON a.rowid = o.value
        CROSS JOIN dgx_training_jobs AS j ON j.id = a.job_id
      -- A job that was deleted meanwhile may have left its place to a run that has not begun.
      WHERE a.started_at < ${to}`
    return rowsOf(runs, answer)
  })
  // Sorted here: SQLite would rather walk the whole table in this order.
  return all.sort((a, b) => a.attempt - b.attempt)
}

const jobs = z.array(
  z.object({
    id: z.string(),
    name: z.string(),
    project_id: z.string().nullable(),
    is_managed: z.number().transform(Boolean),
    status: z.string(),
    end_reason: endReason,
    completed_at: time.nullable(),
  }),
)
/** A job that came to its end in the period, or one that is tracked by hand and ran in it. */
export type ReportJob = z.output<typeof jobs>[number]

/** The jobs of a period, but for those of which only a run tells it. */
export async function selectJobs(database: Database, scope: Scope): Promise<ReportJob[]> {
  const { from, to, connectionId, projectId } = scope
  const ofMachine = connectionId
    ? Prisma.sql`(j.connection_id = ${connectionId} OR j.connection_id IS NULL AND j.project_id IN
        (SELECT id FROM dgx_projects WHERE connection_id = ${connectionId}))`
    : Prisma.sql`true`
  const found = await database.$queryRaw`
    SELECT json_group_array(j.rowid) AS rows
    FROM dgx_training_jobs AS j
    WHERE (j.completed_at >= ${from} AND (j.completed_at < ${to} OR j.phase IS NULL AND j.started_at < ${to})
           OR j.status = 'running' AND j.phase IS NULL AND j.started_at < ${to})
      AND ${ofMachine} AND ${is('j.project_id', projectId)}`
  return readInTurns(rowsOf(keys, found), async (some) => {
    const answer = await database.$queryRaw`
      SELECT json_group_array(json_object('id', j.id, 'name', j.name, 'project_id', j.project_id,
        'is_managed', j.phase IS NOT NULL, 'status', j.status, 'end_reason', j.end_reason,
        'completed_at', j.completed_at)) AS rows
      FROM json_each(${some}) AS o CROSS JOIN dgx_training_jobs AS j ON j.rowid = o.value`
    return rowsOf(jobs, answer)
  })
}

const extremes = z.array(
  z.object({
    name: z.string(),
    side: z.enum(['min', 'max']),
    value: z.number().nullable(),
    step: z.number().nullable(),
    job_id: z.string(),
    job_name: z.string(),
  }),
)
/** The least (`min`) or the greatest value that a metric had in some jobs; null: it never had a finite one. */
export type Extreme = z.output<typeof extremes>[number]

/** Both extremes of each metric of some jobs. */
export async function selectExtremes(
  database: Database,
  jobIds: readonly string[],
): Promise<Extreme[]> {
  // With one min() or max(), SQLite takes the other columns from the row that has it.
  const side = (name: 'min' | 'max') => Prisma.sql`
    SELECT m.key AS name, ${name} AS side, ${Prisma.raw(name)}(m.value ->> ${name}) AS best,
           m.value ->> ${`${name}_step`} AS step, j.id, j.name AS job_name
    FROM json_each(${JSON.stringify(jobIds)}) AS o
    CROSS JOIN dgx_training_jobs AS j ON j.id = o.value
    CROSS JOIN json_each(j.metrics_summary) AS m
    GROUP BY m.key`
  const answer = await database.$queryRaw`
    SELECT json_group_array(json_object('name', name, 'side', side, 'value', best, 'step', step,
      'job_id', id, 'job_name', job_name)) AS rows
    FROM (${side('min')} UNION ALL ${side('max')})`
  return rowsOf(extremes, answer)
}
