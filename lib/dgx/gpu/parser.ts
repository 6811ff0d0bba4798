import type { FastValues } from './fields'
import type { Frame, Section } from './frames'
import { healthWithoutReading, judgeHealth, throttleReasons } from './health'
import { type KnownGpu, type Presence, reconcile } from './known-gpus'
import { readMemory } from './memory'
import { gpuError } from './messages'
import { type JobOf, readOrigins, readOwners, readProcesses } from './processes'
import { type ProgramOutput, type Row, readFastRows, readSlowRows, unreadableLines } from './rows'
import type { GpuDetails, GpuProcess, GpuSample, NullReason, SampleError } from './types'

/** What the GPU part of a frame gives. Never throws, whatever the driver printed. */
export type GpuReading = {
  gpus: GpuSample[]
  /** The GPUs of this machine to compare the next frame with. */
  known: KnownGpu[]
  /** The slow set by uuid, when this frame has one. */
  details: ReadonlyMap<string, GpuDetails> | null
  errors: SampleError[]
  /** Fields that this driver does not know: start the script again without them. */
  unsupportedFields: string[]
  nvidia_smi_duration_ms: number | null
}

export type GpuContext = {
  fastFields: readonly string[]
  slowFields: readonly string[]
  known: readonly KnownGpu[]
  /** From the last slow set, by uuid. */
  details: ReadonlyMap<string, GpuDetails>
  host: { memory_total_mb: number | null; memory_available_mb: number | null }
  /** Without it no process is a job's. */
  jobOf?: JobOf | undefined
}

/** Reads the sections `fast`, `apps`, `owners`, `origins` and `slow` of a frame. */
export function readGpus(frame: Frame, context: GpuContext): GpuReading {
  const fast = frame.sections.get('fast')
  if (fast === undefined) {
    return unreadableGpus(context.known, {
      code: 'section_missing',
      message: 'A sample came without its GPU part; it is tried again at the next interval.',
    })
  }
  const query = readFastRows(outputOf(frame, fast), context.fastFields)
  const slow = readSlow(frame, context.slowFields)
  const details = slow?.details ?? context.details
  const apps = readApps(frame, context.jobOf)
  const present = reconcile(query, context.known)
  const onlyUuid = present.length === 1 ? present[0]?.gpu.uuid : undefined
  const gpus = present.map((presence) => {
    if (presence.kind !== 'read') return gpuWithoutReading(presence)
    const { gpu, row } = presence
    return gpuSample(gpu, row, {
      host: context.host,
      details: details.get(gpu.uuid) ?? null,
      processes:
        apps.byGpu && (apps.byGpu.get(gpu.uuid) ?? processesOfOnlyGpu(apps.byGpu, onlyUuid)),
    })
  })
  // After a query that failed as a whole, the other sections fail for the same reason.
  const more = query.rows.length > 0 ? [...(slow?.errors ?? []), ...apps.errors] : []
  return {
    gpus,
    known: present.map(({ gpu }) => gpu),
    details: slow?.details ?? null,
    errors: mergeErrors(query.errors, more),
    unsupportedFields: [query.unsupportedField, slow?.unsupportedField].flatMap(
      (field) => field ?? [],
    ),
    nvidia_smi_duration_ms: numberArg(fast, 1),
  }
}

/** The reading when nvidia-smi as a whole gave none. */
export function unreadableGpus(known: readonly KnownGpu[], error: SampleError): GpuReading {
  return {
    gpus: known.map((gpu) => gpuWithoutReading({ kind: 'unreadable', gpu })),
    known: [...known],
    details: null,
    errors: [error],
    unsupportedFields: [],
    nvidia_smi_duration_ms: null,
  }
}

/** A section's exit code and lines, with those of its standard error. */
function outputOf(frame: Frame, section: Section): ProgramOutput {
  const stderr = frame.sections.get(`${section.name}_err`)?.lines ?? []
  return { exitCode: numberArg(section, 0) ?? 0, lines: [...section.lines, ...stderr] }
}

function readSlow(frame: Frame, fields: readonly string[]) {
  const section = frame.sections.get('slow')
  if (section === undefined) return null
  const query = readSlowRows(outputOf(frame, section), fields)
  const details = new Map<string, GpuDetails>()
  for (const { values } of query.rows) {
    const { uuid, pci_bus_id, index, ...rest } = values
    details.set(uuid ?? pci_bus_id ?? `gpu-${index}`, rest)
  }
  // A failed slow set leaves what was known: the minute-old values are better than none.
  return { ...query, details: details.size > 0 ? details : null }
}

type Apps = { byGpu: ReadonlyMap<string, GpuProcess[]> | null; errors: SampleError[] }

/** Processes by GPU uuid; null when they could not be listed. */
function readApps(frame: Frame, jobOf?: JobOf): Apps {
  const section = frame.sections.get('apps')
  if (section === undefined) return { byGpu: null, errors: [] }
  const owners = readOwners(frame.sections.get('owners')?.lines ?? [])
  const { byGpu, unreadable } = readProcesses(section.lines, owners, readJobs(frame, jobOf))
  const exitCode = numberArg(section, 0)
  if (byGpu.size === 0 && exitCode !== 0) {
    const message = `nvidia-smi could not list the processes of the GPUs (exit code ${exitCode}); run "nvidia-smi --query-compute-apps=pid --format=csv" on the machine to see why.`
    return { byGpu: null, errors: [{ code: 'nvidia_smi_failed', message }] }
  }
  return { byGpu, errors: unreadable.length > 0 ? [unreadableLines(unreadable)] : [] }
}

/** Ids of managed jobs by pid. */
function readJobs(frame: Frame, jobOf?: JobOf): ReadonlyMap<number, string> {
  const jobs = new Map<number, string>()
  if (!jobOf) return jobs
  for (const [pid, origin] of readOrigins(frame.sections.get('origins')?.lines ?? [])) {
    const id = jobOf(origin)
    if (id !== null) jobs.set(pid, id)
  }
  return jobs
}

/** Where a machine has one GPU, processes are its own even if the driver does not name it. */
function processesOfOnlyGpu(
  processes: ReadonlyMap<string, GpuProcess[]>,
  onlyUuid: string | undefined,
): GpuProcess[] {
  if (onlyUuid === undefined) return []
  return Array.from(processes).flatMap(([uuid, list]) => (uuid.startsWith('GPU-') ? [] : list))
}

function gpuSample(
  gpu: KnownGpu,
  row: Row<FastValues>,
  context: {
    host: GpuContext['host']
    details: GpuDetails | null
    processes: GpuProcess[] | null
  },
): GpuSample {
  const { values, faults } = row
  const { details, host, processes } = context
  if (faults.has('gpu_requires_reset') && values.memory_used_mb === 0) {
    // A GPU that must be reset prints "0 MiB" for the memory that it cannot read.
    values.memory_used_mb = null
    row.null_reasons['memory_used_mb'] = 'fault'
  }
  const memory = readMemory({
    values,
    totalReason: row.null_reasons['memory_total_mb'],
    host,
    processes,
  })
  // Written out: spreading here took twice as long as all the rest of the parser.
  const sample: GpuSample = {
    index: gpu.index,
    uuid: gpu.uuid,
    pci_bus_id: gpu.pci_bus_id,
    name: gpu.name,
    gpu_utilization: values.gpu_utilization,
    memory_used_mb: memory.memory_used_mb,
    memory_total_mb: memory.memory_total_mb,
    memory_available_mb: memory.memory_available_mb,
    memory_kind: memory.memory_kind,
    memory_activity: values.memory_activity,
    temperature_c: values.temperature_c,
    power_watts: values.power_watts,
    power_limit_watts: values.power_limit_watts,
    sm_clock_mhz: values.sm_clock_mhz,
    sm_clock_max_mhz: values.sm_clock_max_mhz,
    memory_clock_mhz: values.memory_clock_mhz,
    pstate: values.pstate,
    throttle_reasons: throttleReasons(values.throttle_mask),
    health: judgeHealth({ name: gpu.name, values, faults, details }),
    processes: processes ?? [],
    details,
    null_reasons: {},
  }
  sample.null_reasons = reasonsOf(sample, row.null_reasons)
  return sample
}

function gpuWithoutReading({ kind, gpu }: Exclude<Presence, { kind: 'read' }>): GpuSample {
  const sample: GpuSample = {
    ...gpu,
    gpu_utilization: null,
    memory_used_mb: null,
    memory_total_mb: null,
    memory_available_mb: null,
    memory_kind: 'unknown',
    memory_activity: null,
    temperature_c: null,
    power_watts: null,
    power_limit_watts: null,
    sm_clock_mhz: null,
    sm_clock_max_mhz: null,
    memory_clock_mhz: null,
    pstate: null,
    throttle_reasons: [],
    health: healthWithoutReading(kind === 'lost' ? 'gpu_lost' : 'gpu_unreadable'),
    processes: [],
    details: null,
    null_reasons: {},
  }
  sample.null_reasons = reasonsOf(sample, {}, 'fault')
  return sample
}

/** Exactly the values that are null, each with its reason. `details` has no reason: it is not yet read. */
function reasonsOf(
  sample: GpuSample,
  known: Record<string, NullReason>,
  otherwise: NullReason = 'absent',
): Record<string, NullReason> {
  const reasons: Record<string, NullReason> = {}
  for (const [key, value] of Object.entries(sample)) {
    if (value === null && key !== 'details') reasons[key] = known[key] ?? otherwise
  }
  return reasons
}

/** The other sections say again what the fast set said. */
function mergeErrors(errors: readonly SampleError[], more: readonly SampleError[]): SampleError[] {
  const codes = new Set(errors.map(({ code }) => code))
  return [...errors, ...more.filter(({ code }) => !codes.has(code))]
}

function numberArg(section: Section, i: number): number | null {
  const value = Number(section.args[i])
  return section.args[i] !== undefined && Number.isFinite(value) ? value : null
}

/** The error of a script that could not run nvidia-smi; see `gpu_status` in script.ts. */
export function statusError(status: string): SampleError {
  if (status === 'missing') return gpuError('nvidia_smi_missing', 127, '')
  if (status === 'no_temp_dir') {
    return {
      code: 'no_temp_dir',
      message:
        'No folder for temporary files can be written on this machine (disk full or read only?), so the GPUs cannot be read; free space in /dev/shm or /tmp.',
    }
  }
  return gpuError('nvidia_smi_failed', 0, 'the program that runs it there ended early')
}
