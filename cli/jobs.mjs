/** `dgx jobs`, `dgx job`, `dgx queue`, `dgx metrics`, and what is done to a job. */
import { digits, printable, rounded, span, table } from './table.mjs'
import { jobPath, standing } from './wait.mjs'

/** @typedef {import('./main.mjs').Context} Context */
/** @typedef {import('./client.mjs').Client} Client */

/** Names of the machines by id. @param {Client} client */
async function machineNames(client) {
  const names = new Map()
  for await (const { id, name } of client.list('connections')) names.set(id, name)
  return names
}

/** GPUs by their index, as `0,1`. @param {readonly (number | null)[] | null | undefined} indices */
const gpuList = (indices) =>
  indices?.length ? indices.map((index) => index ?? '?').join(',') : null

/** The newest first. @param {Context} context */
export async function jobs({ client, print, json, options }) {
  const query = new URLSearchParams({
    limit: String(options.limit ?? 50),
    ...(options.status ? { status: options.status } : {}),
    ...(options.project ? { project_id: options.project } : {}),
  })
  const { data, meta } = await client.call('GET', `jobs?${query}`)
  if (json) return print(JSON.stringify(data, null, 2))
  const machines = await machineNames(client)
  print(
    table(
      ['ID', 'NAME', 'STATUS', 'WHY', 'MACHINE', 'GPU', '>EXIT', '>TIME'],
      data.map((/** @type {any} */ job) => [
        job.id,
        job.name,
        job.reachable === false ? `${job.status}, away` : job.status,
        job.wait_reason ?? job.end_reason,
        machines.get(job.connection_id) ?? job.connection_id,
        gpuList(job.held_gpu_indices) ?? (job.gpus ? `(${job.gpus})` : null),
        job.exit_signal ?? job.exit_code,
        span(job.started_at, job.completed_at),
      ]),
    ),
  )
  if (meta.total > data.length)
    console.error(`dgx: ${data.length} of ${meta.total}; --limit has more.`)
}

/** @param {Context} context */
export async function job({ client, print, json, positionals: [reference = ''] }) {
  const job = await client.get(jobPath(reference))
  if (json) return print(JSON.stringify(job, null, 2))
  const machines = await machineNames(client)
  const facts = {
    id: job.id,
    name: job.name,
    status: [job.status, job.wait_reason ?? job.end_reason].filter(Boolean).join(', '),
    message: job.status_message,
    command: job.command,
    folder: job.working_dir,
    machine: machines.get(job.connection_id) ?? job.connection_id,
    exit: job.exit_signal ?? job.exit_code,
    'seen at': job.reachable === false ? job.last_seen_at : null,
    created: job.created_at,
    started: job.started_at,
    ended: job.completed_at,
    'GPU-hours': digits(job.usage?.gpu_hours),
    'GPU utilization': rounded(job.usage?.gpu_utilization, '%'),
    energy: job.usage?.energy_kwh == null ? null : `${digits(job.usage.energy_kwh)} kWh`,
    tags: job.tags?.join(', '),
  }
  for (const [name, value] of Object.entries(facts))
    if (value != null && value !== '') print(`${`${name}:`.padEnd(17)}${printable(value)}`)
  for (const { label, count, line } of job.labels) print(printable(`${label} (${count}): ${line}`))
  if (job.attempts.length === 0) return
  print(
    `\n${table(
      ['>ATTEMPT', 'MACHINE', 'GPU', 'END', '>EXIT', '>TIME', '>STDOUT', '>STDERR'],
      job.attempts.map((/** @type {any} */ run) => [
        run.attempt,
        machines.get(run.connection_id) ?? run.connection_id,
        gpuList(run.gpu_indices),
        run.end_reason ?? run.phase,
        run.exit_signal ?? run.exit_code,
        span(run.started_at, run.ended_at),
        run.stdout_bytes,
        run.stderr_bytes,
      ]),
    )}`,
  )
}

/** `cancel` or `retry`. @param {string} action @returns {(context: Context) => Promise<void>} */
export const act =
  (action) =>
  async ({ client, print, json, positionals: [reference = ''] }) => {
    const { data } = await client.call('POST', `${jobPath(reference)}/${action}`)
    print(json ? JSON.stringify(data, null, 2) : standing(data))
  }

/** What waits, and what for. @param {Context} context */
export async function queue({ client, print, json }) {
  const waiting = await client.get('queue')
  if (json) return print(JSON.stringify(waiting, null, 2))
  print(
    table(
      ['>PLACE', 'ID', 'NAME', '>GPUS', '>PRIORITY', '>WAITS', 'WHY'],
      waiting.map((/** @type {any} */ job) => [
        job.position,
        job.job_id,
        job.name,
        job.gpus,
        job.priority,
        span(job.queued_at),
        job.status_message,
      ]),
    ),
  )
}

/** What each metric of a job was over all its points. @param {Context} context */
export async function metrics({ client, print, json, positionals: [reference = ''] }) {
  const { metrics_summary } = await client.get(jobPath(reference))
  const summary = metrics_summary ?? {}
  if (json) return print(JSON.stringify(summary, null, 2))
  print(
    table(
      ['METRIC', '>LAST', '>MIN', '>AT', '>MAX', '>AT', '>POINTS', '>NOT FINITE'],
      Object.entries(summary).map(([name, of]) => [
        name,
        of.last,
        of.min,
        of.min_step,
        of.max,
        of.max_step,
        of.count,
        of.non_finite,
      ]),
    ),
  )
}
