import { z } from 'zod'

/** Shapes of a machine's metrics, as `GET /metrics/:id` answers them. Unknown is null, never 0. */

const value = z.number().nullable()
const word = z.string().nullable()

/** Where a GPU's memory lives: its own, shared with the host (GB10, Jetson), or not known. */
export const memoryKind = z
  .enum(['dedicated', 'unified', 'unknown'])
  .describe(
    "`unified`: the pool is the machine's memory, and what is used is what GPU processes hold.",
  )

/** Why a value is null: the driver does not offer it, or the GPU could not answer. */
const nullReason = z.enum(['absent', 'fault'])
export type NullReason = z.infer<typeof nullReason>

export const healthStatus = z.enum(['ok', 'warning', 'fault'])
export type HealthStatus = z.infer<typeof healthStatus>

const healthReasonCode = z
  .enum([
    'gpu_lost',
    'gpu_requires_reset',
    'gpu_unknown_error',
    'recovery_action',
    'ecc_uncorrected',
    'row_remap_failure',
    'row_remap_pending',
    'power_latch',
    'hw_slowdown',
    'hw_thermal_slowdown',
    'hw_power_brake',
    'sw_thermal_slowdown',
    'persistence_off',
    'gpu_unreadable',
  ])
  .meta({ id: 'HealthReasonCode' })
export type HealthReasonCode = z.infer<typeof healthReasonCode>

export const health = z
  .strictObject({
    status: healthStatus,
    reasons: z.array(
      z.strictObject({
        code: healthReasonCode,
        message: z.string().describe('With the next step.'),
      }),
    ),
  })
  .meta({ id: 'GpuHealth', examples: [{ status: 'ok', reasons: [] }] })
export type Health = z.infer<typeof health>

/** Bits of `clocks_throttle_reasons.active`, by the names of NVML's documentation. */
const throttleReason = z.enum([
  'gpu_idle',
  'applications_clocks',
  'sw_power_cap',
  'hw_slowdown',
  'sync_boost',
  'sw_thermal_slowdown',
  'hw_thermal_slowdown',
  'hw_power_brake',
  'display_clocks',
])
export type ThrottleReason = z.infer<typeof throttleReason>

/** A process that holds GPU memory. `user` and `command` are null when it ended meanwhile. */
export const gpuProcess = z
  .strictObject({
    pid: z.number().int(),
    name: z.string().describe('Path of the executable as nvidia-smi names it.'),
    user: word,
    command: word.describe('Full command line; null when it ended meanwhile.'),
    memory_used_mb: value,
    job_id: word.describe('The managed job it belongs to; null for a foreign process.'),
  })
  .meta({
    id: 'GpuProcess',
    examples: [
      {
        pid: 41001,
        name: '/opt/conda/bin/python3.12',
        user: 'mia',
        command: 'python train.py --config vit_large.yaml',
        memory_used_mb: 70391,
        job_id: null,
      },
    ],
  })
export type GpuProcess = z.infer<typeof gpuProcess>

/** What changes rarely; read once a minute. */
const gpuDetails = z
  .strictObject({
    driver_version: word,
    persistence_mode: word,
    compute_mode: word,
    compute_cap: word,
    fan_speed_percent: value,
    memory_temperature_c: value,
    power_default_limit_watts: value,
    pcie_link_gen: value,
    pcie_link_gen_max: value,
    pcie_link_width: value,
    pcie_link_width_max: value,
    ecc_mode: word,
    ecc_corrected_volatile: value,
    ecc_uncorrected_volatile: value,
    mig_mode: word,
    vbios_version: word,
    serial: word,
    display_active: word,
    recovery_action: word,
    row_remap_pending: word,
    row_remap_failure: word,
  })
  .meta({
    id: 'GpuDetails',
    examples: [
      {
        driver_version: '595.71.05',
        persistence_mode: 'Enabled',
        compute_mode: 'Default',
        compute_cap: '8.0',
        fan_speed_percent: null,
        memory_temperature_c: 58,
        power_default_limit_watts: 400,
        pcie_link_gen: 4,
        pcie_link_gen_max: 4,
        pcie_link_width: 16,
        pcie_link_width_max: 16,
        ecc_mode: 'Enabled',
        ecc_corrected_volatile: 0,
        ecc_uncorrected_volatile: 0,
        mig_mode: 'Disabled',
        vbios_version: '92.00.45.00.03',
        serial: '1650000000001',
        display_active: 'Disabled',
        recovery_action: 'None',
        row_remap_pending: 'No',
        row_remap_failure: 'No',
      },
    ],
  })
export type GpuDetails = z.infer<typeof gpuDetails>

/** The values that are null carry their reason in `null_reasons`. */
export const gpuSample = z
  .strictObject({
    index: value,
    uuid: z.string(),
    pci_bus_id: word,
    name: word,
    gpu_utilization: value.describe('Percent of time any kernel ran, 0 to 100.'),
    memory_used_mb: value.describe('MiB. On a unified part: what GPU processes hold.'),
    memory_total_mb: value.describe("MiB. On a unified part: the machine's MemTotal."),
    memory_available_mb: value.describe(
      'MiB that a new process could still take. On a unified part: MemAvailable.',
    ),
    memory_kind: memoryKind,
    memory_activity: value.describe(
      'Percent of time device memory was read or written (not fullness).',
    ),
    temperature_c: value,
    power_watts: value,
    power_limit_watts: value,
    sm_clock_mhz: value,
    sm_clock_max_mhz: value,
    memory_clock_mhz: value,
    pstate: word.describe('`P0` (fastest) to `P15`.'),
    throttle_reasons: z.array(throttleReason),
    health,
    processes: z.array(gpuProcess),
    details: gpuDetails
      .nullable()
      .describe('From the slow set, up to a minute old. Null until first read.'),
    null_reasons: z
      .record(z.string(), nullReason)
      .describe(
        'Of values that are null: the GPU does not report it (`absent`) or could not answer (`fault`).',
      ),
  })
  .meta({
    id: 'GpuSample',
    examples: [
      {
        index: 0,
        uuid: 'GPU-5e000001-d3a0-4c0d-9a7e-0000dead1eef',
        pci_bus_id: '00000000:07:00.0',
        name: 'NVIDIA A100-SXM4-80GB',
        gpu_utilization: 98,
        memory_used_mb: 70400,
        memory_total_mb: 81920,
        memory_available_mb: 10753,
        memory_kind: 'dedicated',
        memory_activity: 49,
        temperature_c: 61,
        power_watts: 389.12,
        power_limit_watts: 400,
        sm_clock_mhz: 1395,
        sm_clock_max_mhz: 1410,
        memory_clock_mhz: 1593,
        pstate: 'P0',
        throttle_reasons: ['sw_power_cap'],
        health: { status: 'ok', reasons: [] },
        processes: [],
        details: null,
        null_reasons: {},
      },
    ],
  })
export type GpuSample = z.infer<typeof gpuSample>

export const hostSample = z
  .strictObject({
    hostname: word,
    uptime_s: value,
    cpu_utilization: value.describe(
      'Percent over the last interval, 0 to 100. Null in the first sample.',
    ),
    cpu_count: value,
    load_1m: value,
    memory_total_mb: value,
    memory_available_mb: value,
    memory_cached_mb: value.describe('Page cache that can be dropped: Cached + SReclaimable.'),
    swap_used_mb: value,
    memory_pressure_some_avg10: value.describe(
      '`/proc/pressure/memory`, some avg10: percent of time any task waited for memory.',
    ),
    disk_used_gb: value.describe('The root file system, in 10^9 bytes.'),
    disk_total_gb: value,
    network_rx_bytes_per_s: value,
    network_tx_bytes_per_s: value,
    driver_version: word,
  })
  .meta({
    id: 'HostSample',
    examples: [
      {
        hostname: 'dgx-1',
        uptime_s: 913204,
        cpu_utilization: 22.4,
        cpu_count: 128,
        load_1m: 31.7,
        memory_total_mb: 1031987,
        memory_available_mb: 803110,
        memory_cached_mb: 152044,
        swap_used_mb: 0,
        memory_pressure_some_avg10: 0,
        disk_used_gb: 812.4,
        disk_total_gb: 1888.3,
        network_rx_bytes_per_s: 48211,
        network_tx_bytes_per_s: 9120,
        driver_version: '595.71.05',
      },
    ],
  })
export type HostSample = z.infer<typeof hostSample>

const sampleErrorCode = z
  .enum([
    'nvidia_smi_missing',
    'nvidia_smi_failed',
    'nvidia_smi_hung',
    'no_devices',
    'driver_mismatch',
    'driver_not_loaded',
    'gpu_lost',
    'field_unsupported',
    'row_unreadable',
    'section_missing',
    'no_temp_dir',
  ])
  .meta({ id: 'SampleErrorCode' })
export type SampleErrorCode = z.infer<typeof sampleErrorCode>

/** Something that went wrong while sampling; the good part of the sample is still there. */
const sampleError = z.strictObject({ code: sampleErrorCode, message: z.string() })
export type SampleError = z.infer<typeof sampleError>

/** One reading of a machine. */
const machineSample = z.strictObject({
  recorded_at: z.iso.datetime().describe("When it arrived here, by this computer's clock."),
  gpus: z.array(gpuSample),
  gpus_recorded_at: z.iso
    .datetime()
    .nullable()
    .describe(
      'When `gpus` was read. Older than `recorded_at` while nvidia-smi is slower than the interval and the reading before is shown again (store a GPU reading only once); null before the first.',
    ),
  host: hostSample,
  errors: z.array(sampleError).describe('What went wrong beside values that are good.'),
  nvidia_smi_duration_ms: value.describe('How long nvidia-smi took there.'),
})
export type MachineSample = z.infer<typeof machineSample>

/** The newest sample of a machine as callers get it. */
export const metrics = machineSample
  .extend({
    connection_id: z.string(),
    stale: z.boolean().describe('The newest sample is older than three intervals and 2 s.'),
    free_gpu_uuids: z
      .array(z.string())
      .describe(
        'Those of `gpus` that a job could be given now, as `GET /gpus?free=true` has them.',
      ),
  })
  .meta({ id: 'Metrics' })
export type Metrics = z.infer<typeof metrics>
