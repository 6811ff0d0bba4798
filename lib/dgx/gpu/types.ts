/** Shapes of a machine's metrics, as `GET /metrics/:id` answers them. Unknown is null, never 0. */

/** Where a GPU's memory lives: its own, shared with the host (GB10, Jetson), or not known. */
export type MemoryKind = 'dedicated' | 'unified' | 'unknown'

/** Why a value is null: the driver does not offer it, or the GPU could not answer. */
export type NullReason = 'absent' | 'fault'

export type HealthStatus = 'ok' | 'warning' | 'fault'

export type HealthReasonCode =
  | 'gpu_lost'
  | 'gpu_requires_reset'
  | 'gpu_unknown_error'
  | 'recovery_action'
  | 'ecc_uncorrected'
  | 'row_remap_failure'
  | 'row_remap_pending'
  | 'power_latch'
  | 'hw_slowdown'
  | 'hw_thermal_slowdown'
  | 'hw_power_brake'
  | 'sw_thermal_slowdown'
  | 'persistence_off'
  | 'gpu_unreadable'

export type Health = {
  status: HealthStatus
  reasons: Array<{ code: HealthReasonCode; message: string }>
}

/** Bits of `clocks_throttle_reasons.active`, by the names of NVML's documentation. */
export type ThrottleReason =
  | 'gpu_idle'
  | 'applications_clocks'
  | 'sw_power_cap'
  | 'hw_slowdown'
  | 'sync_boost'
  | 'sw_thermal_slowdown'
  | 'hw_thermal_slowdown'
  | 'hw_power_brake'
  | 'display_clocks'

/** A process that holds GPU memory. `user` and `command` are null when it ended meanwhile. */
export type GpuProcess = {
  pid: number
  /** Path of the executable as nvidia-smi names it. */
  name: string
  user: string | null
  /** Full command line. */
  command: string | null
  memory_used_mb: number | null
  /** The managed job it belongs to; null for a foreign process. */
  job_id: string | null
}

/** The values that are null carry their reason in `null_reasons`. */
export type GpuSample = {
  index: number | null
  uuid: string
  pci_bus_id: string | null
  name: string | null
  /** Percent of time any kernel ran, 0 to 100. */
  gpu_utilization: number | null
  /** MiB. On a unified part: what GPU processes hold. */
  memory_used_mb: number | null
  /** MiB. On a unified part: the machine's MemTotal. */
  memory_total_mb: number | null
  /** MiB that a new process could still take. On a unified part: MemAvailable. */
  memory_available_mb: number | null
  memory_kind: MemoryKind
  /** Percent of time device memory was read or written (not fullness). */
  memory_activity: number | null
  temperature_c: number | null
  power_watts: number | null
  power_limit_watts: number | null
  sm_clock_mhz: number | null
  sm_clock_max_mhz: number | null
  memory_clock_mhz: number | null
  /** `P0` (fastest) to `P15`. */
  pstate: string | null
  throttle_reasons: ThrottleReason[]
  health: Health
  processes: GpuProcess[]
  /** From the slow set, up to a minute old. Null until first read. */
  details: GpuDetails | null
  null_reasons: Partial<Record<string, NullReason>>
}

/** What changes rarely; read once a minute. */
export type GpuDetails = {
  driver_version: string | null
  persistence_mode: string | null
  compute_mode: string | null
  compute_cap: string | null
  fan_speed_percent: number | null
  memory_temperature_c: number | null
  power_default_limit_watts: number | null
  pcie_link_gen: number | null
  pcie_link_gen_max: number | null
  pcie_link_width: number | null
  pcie_link_width_max: number | null
  ecc_mode: string | null
  ecc_corrected_volatile: number | null
  ecc_uncorrected_volatile: number | null
  mig_mode: string | null
  vbios_version: string | null
  serial: string | null
  display_active: string | null
  recovery_action: string | null
  row_remap_pending: string | null
  row_remap_failure: string | null
}

export type HostSample = {
  hostname: string | null
  uptime_s: number | null
  /** Percent over the last interval, 0 to 100. Null in the first sample. */
  cpu_utilization: number | null
  cpu_count: number | null
  load_1m: number | null
  memory_total_mb: number | null
  memory_available_mb: number | null
  /** Page cache that can be dropped: Cached + SReclaimable. */
  memory_cached_mb: number | null
  swap_used_mb: number | null
  /** `/proc/pressure/memory`, some avg10: percent of time any task waited for memory. */
  memory_pressure_some_avg10: number | null
  /** The root file system, in 10^9 bytes. */
  disk_used_gb: number | null
  disk_total_gb: number | null
  network_rx_bytes_per_s: number | null
  network_tx_bytes_per_s: number | null
  driver_version: string | null
}

/** Something that went wrong while sampling; the good part of the sample is still there. */
export type SampleError = { code: SampleErrorCode; message: string }

export type SampleErrorCode =
  | 'nvidia_smi_missing'
  | 'nvidia_smi_failed'
  | 'nvidia_smi_hung'
  | 'no_devices'
  | 'driver_mismatch'
  | 'driver_not_loaded'
  | 'gpu_lost'
  | 'field_unsupported'
  | 'row_unreadable'
  | 'section_missing'
  | 'no_temp_dir'

/** One reading of a machine. */
export type MachineSample = {
  /** When it arrived here (this computer's clock), ISO 8601 UTC. */
  recorded_at: string
  gpus: GpuSample[]
  /**
   * When `gpus` was read. Older than `recorded_at` while nvidia-smi is slower than the interval
   * and the reading before is shown again (store a GPU reading only once); null before the first.
   */
  gpus_recorded_at: string | null
  host: HostSample
  errors: SampleError[]
  /** How long nvidia-smi took there, ms. */
  nvidia_smi_duration_ms: number | null
}

/** The newest sample of a machine as callers get it. */
export type Metrics = MachineSample & {
  connection_id: string
  /** True when the newest sample is older than three intervals. */
  stale: boolean
}
