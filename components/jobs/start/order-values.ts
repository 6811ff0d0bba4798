import type { Job } from '@/lib/dgx/jobs/records'

/** What the form of a job with a command holds: texts, as they are typed. */
export type OrderValues = {
  command: string
  name: string
  project_id: string
  /** `project`: that of its project; `any`; or `these`, those of `machines`. */
  place: 'project' | 'any' | 'these'
  machines: string[]
  gpus: string
  gpu_indices: string
  min_gpu_memory_gb: string
  working_dir: string
  env: string
  priority: string
  timeout: string
  max_retries: string
  depends_on: string[]
  tags: string
  config: string
  model_name: string
  start: boolean
}
export type OrderField = keyof OrderValues

export const EMPTY_ORDER: OrderValues = {
  command: '',
  name: '',
  project_id: '',
  place: 'project',
  machines: [],
  gpus: '1',
  gpu_indices: '',
  min_gpu_memory_gb: '',
  working_dir: '',
  env: '',
  priority: '0',
  timeout: '',
  max_retries: '0',
  depends_on: [],
  tags: '',
  config: '',
  model_name: '',
  start: true,
}

/** The field of the form that says what a field of the API is. */
export const FIELD_OF: Record<string, OrderField> = {
  command: 'command',
  name: 'name',
  project_id: 'project_id',
  connection_id: 'place',
  connection_ids: 'place',
  gpus: 'gpus',
  gpu_indices: 'gpu_indices',
  min_gpu_memory_mb: 'min_gpu_memory_gb',
  working_dir: 'working_dir',
  env: 'env',
  priority: 'priority',
  timeout_s: 'timeout',
  max_retries: 'max_retries',
  depends_on: 'depends_on',
  tags: 'tags',
  config: 'config',
  model_name: 'model_name',
}

const LONGEST_NAME = 80

/** What another job asked for, to be changed and started again. */
export function valuesOfJob(job: Job): OrderValues {
  const { connection_ids } = job
  const text = (value: number | null) => (value === null ? '' : String(value))
  return {
    command: job.command ?? '',
    name: job.name,
    project_id: job.project_id ?? '',
    place: connection_ids === null ? 'project' : connection_ids[0] === 'any' ? 'any' : 'these',
    machines: connection_ids?.filter((id) => id !== 'any') ?? [],
    gpus: job.command === null ? '1' : String(job.gpus),
    gpu_indices: job.gpu_indices?.join(', ') ?? '',
    min_gpu_memory_gb: text(job.min_gpu_memory_mb && job.min_gpu_memory_mb / 1024),
    working_dir: job.working_dir ?? '',
    env: Object.entries(job.env ?? {})
      .map(([key, value]) => `${key}=${value}`)
      .join('\n'),
    priority: String(job.priority),
    timeout: job.timeout_s === null ? '' : durationText(job.timeout_s),
    max_retries: String(job.max_retries),
    depends_on: job.depends_on ?? [],
    tags: job.tags?.join(', ') ?? '',
    config: Object.keys(job.config).length > 0 ? JSON.stringify(job.config, null, 2) : '',
    model_name: job.model_name ?? '',
    start: true,
  }
}

export type OrderProblems = Partial<Record<OrderField, string>>

/** The body of `POST /jobs` for these values, and what of them cannot be read. Pure. */
export function toOrder(values: OrderValues): { body: object; problems: OrderProblems } {
  const problems: OrderProblems = {}
  const read = <T>(field: OrderField, parse: () => T): T | null => {
    try {
      return parse()
    } catch (error) {
      problems[field] = (error as Error).message
      return null
    }
  }
  const command = values.command.trim()
  const indices = read('gpu_indices', () => readIndices(values.gpu_indices))
  const gigabytes = read('min_gpu_memory_gb', () => readNumber(values.min_gpu_memory_gb))
  const place = { project: null, any: ['any'], these: values.machines }[values.place]
  if (place?.length === 0) problems.place = 'Tick at least one machine.'
  const body = {
    command,
    name: values.name.trim() || nameOf(command),
    project_id: values.project_id || null,
    connection_ids: place,
    gpus: indices ? indices.length : read('gpus', () => readNumber(values.gpus)),
    gpu_indices: indices,
    min_gpu_memory_mb: gigabytes === null ? null : Math.round(gigabytes * 1024),
    working_dir: values.working_dir.trim() || null,
    env: read('env', () => readEnv(values.env)),
    priority: read('priority', () => readNumber(values.priority)) ?? 0,
    timeout_s: read('timeout', () => readDuration(values.timeout)),
    max_retries: read('max_retries', () => readNumber(values.max_retries)) ?? 0,
    depends_on: values.depends_on.length > 0 ? values.depends_on : null,
    tags: readList(values.tags),
    config: read('config', () => readConfig(values.config)) ?? {},
    model_name: values.model_name.trim() || null,
    start: values.start,
  }
  return { body, problems }
}

/** A job without a name is called as its command. */
function nameOf(command: string): string {
  const line = command.split('\n', 1)[0]?.trim() ?? ''
  return line.length > LONGEST_NAME ? `${line.slice(0, LONGEST_NAME - 1)}…` : line
}

function readNumber(text: string): number | null {
  if (text.trim() === '') return null
  const value = Number(text)
  if (!Number.isFinite(value)) throw new Error(`"${text.trim()}" is not a number.`)
  return value
}

function readIndices(text: string): number[] | null {
  const parts = text.split(/[\s,]+/).filter(Boolean)
  if (parts.length === 0) return null
  return parts.map((part) => {
    if (!/^\d{1,4}$/.test(part)) throw new Error(`"${part}" is no index of a GPU. Write 0, 1, 3.`)
    return Number(part)
  })
}

function readEnv(text: string): Record<string, string> | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  if (lines.length === 0) return null
  return Object.fromEntries(
    lines.map((line) => {
      const [, key, value] = /^\s*(?:export\s+)?([A-Za-z_]\w*)=(.*)$/.exec(line) ?? []
      if (key === undefined || value === undefined)
        throw new Error(`"${line.trim()}" is not NAME=value.`)
      return [key, value]
    }),
  )
}

const UNITS: Record<string, number> = { s: 1, m: 60, min: 60, h: 3600, d: 86_400 }

/** `90`, `90 s`, `30 min`, `2h`, `1 d 12 h`: in seconds. */
export function readDuration(text: string): number | null {
  const trimmed = text.trim()
  if (trimmed === '') return null
  if (/^\d+$/.test(trimmed)) return Number(trimmed)
  if (!/^(\d+(\.\d+)?\s*(s|m|min|h|d)\s*)+$/.test(trimmed))
    throw new Error(`"${trimmed}" is no time. Write 90 s, 30 min, 2 h or 1 d 12 h.`)
  const parts = [...trimmed.matchAll(/(\d+(?:\.\d+)?)\s*(min|[smhd])/g)]
  return Math.round(
    parts.reduce((sum, [, value, unit]) => sum + Number(value) * (UNITS[unit ?? ''] ?? 0), 0),
  )
}

/** The same the other way round. */
export function durationText(seconds: number): string {
  const parts: string[] = []
  let rest = seconds
  for (const unit of ['d', 'h', 'min', 's']) {
    const size = UNITS[unit] ?? 1
    const count = Math.floor(rest / size)
    if (count > 0) parts.push(`${count} ${unit}`)
    rest -= count * size
  }
  return parts.join(' ') || '0 s'
}

function readList(text: string): string[] | null {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
  return parts.length > 0 ? [...new Set(parts)] : null
}

function readConfig(text: string): Record<string, unknown> | null {
  if (text.trim() === '') return null
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new Error(`It is not JSON: ${(error as Error).message}.`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('It must be a JSON object, like {"lr": 0.0003}.')
  return value as Record<string, unknown>
}
