import type { Frame } from './frames'
import { type HostFacts, type HostReading, readHost, readHostFacts } from './host'
import type { KnownGpu } from './known-gpus'
import { gpuError } from './messages'
import { type GpuReading, readGpus, statusError, unreadableGpus } from './parser'
import type { JobOf } from './processes'
import { hostRates } from './rates'
import type { GpuDetails, HostSample, MachineSample, SampleError } from './types'

/** Longer than a healthy driver takes for one answer, a start without persistence mode included. */
const HUNG_AFTER_S = 5

const NO_FACTS: HostFacts = {
  cpu_count: null,
  disk_used_gb: null,
  disk_total_gb: null,
  physical_interfaces: [],
}

export type AssembledSample = {
  sample: MachineSample
  /** Fields that this driver refused: start the script and an assembler again without them. */
  unsupportedFields: string[]
}

/**
 * Turns the frames of one machine, in their order, into samples. It remembers what a single frame
 * does not tell: counters for rates, the slow set, and which GPUs the machine has.
 */
export class SampleAssembler {
  readonly #fastFields: readonly string[]
  readonly #slowFields: readonly string[]
  readonly #jobOf: JobOf | undefined
  #known: readonly KnownGpu[]
  #details: ReadonlyMap<string, GpuDetails> = new Map()
  #driverVersion: string | null = null
  #facts: HostFacts = NO_FACTS
  #host: HostReading | null = null
  #gpus: { reading: GpuReading; at: string } | null = null

  /**
   * @param options.fastFields, options.slowFields the lists that the script was made with
   * @param options.known GPUs seen by an earlier run, so that one lost meanwhile is still reported
   */
  constructor(options: {
    fastFields: readonly string[]
    slowFields: readonly string[]
    known?: readonly KnownGpu[]
    jobOf?: JobOf | undefined
  }) {
    this.#fastFields = options.fastFields
    this.#slowFields = options.slowFields
    this.#known = options.known ?? []
    this.#jobOf = options.jobOf
  }

  /** The GPUs of this machine, to hand to the next assembler. */
  get known(): readonly KnownGpu[] {
    return this.#known
  }

  /** @param now when the frame arrived, by this computer's clock */
  push(frame: Frame, now: Date): AssembledSample {
    const at = now.toISOString()
    const errors: SampleError[] = []
    const host = readHost(frame)
    if (host === null) {
      errors.push({
        code: 'section_missing',
        message: 'A sample came without its host part; it is tried again at the next interval.',
      })
    }
    const fresh = this.#readGpus(frame, host)
    if (fresh !== null) this.#remember(fresh, at)
    const gpus = this.#gpus
    return {
      sample: {
        recorded_at: at,
        gpus: gpus?.reading.gpus ?? [],
        gpus_recorded_at: gpus?.at ?? null,
        host: this.#hostSample(frame, host),
        errors: [...errors, ...(gpus?.reading.errors ?? [])],
        nvidia_smi_duration_ms: gpus?.reading.nvidia_smi_duration_ms ?? null,
      },
      unsupportedFields: fresh?.unsupportedFields ?? [],
    }
  }

  /** Null while the reading before still stands: nvidia-smi is at work, or paced. */
  #readGpus(frame: Frame, host: HostReading | null): GpuReading | null {
    const [status = 'ok', seconds = '0'] = frame.sections.get('gpu_status')?.args ?? []
    switch (status) {
      case 'ok':
        return readGpus(frame, {
          fastFields: this.#fastFields,
          slowFields: this.#slowFields,
          known: this.#known,
          details: this.#details,
          jobOf: this.#jobOf,
          host: {
            memory_total_mb: host?.memory_total_mb ?? null,
            memory_available_mb: host?.memory_available_mb ?? null,
          },
        })
      case 'running':
        if (Number(seconds) <= HUNG_AFTER_S) return null
        return unreadableGpus(this.#known, gpuError('nvidia_smi_hung', 0, ''))
      case 'waiting':
        return null
      default:
        return unreadableGpus(this.#known, statusError(status))
    }
  }

  #remember(reading: GpuReading, at: string): void {
    this.#gpus = { reading, at }
    this.#known = reading.known
    if (reading.details === null) return
    this.#details = reading.details
    for (const { driver_version } of reading.details.values()) {
      if (driver_version !== null) this.#driverVersion = driver_version
    }
  }

  #hostSample(frame: Frame, host: HostReading | null): HostSample {
    this.#facts = readHostFacts(frame) ?? this.#facts
    const { physical_interfaces, ...facts } = this.#facts
    const rates = host === null ? null : hostRates(this.#host, host, physical_interfaces)
    this.#host = host
    return {
      hostname: host?.hostname ?? null,
      uptime_s: host?.uptime_s ?? null,
      cpu_utilization: rates?.cpu_utilization ?? null,
      load_1m: host?.load_1m ?? null,
      memory_total_mb: host?.memory_total_mb ?? null,
      memory_available_mb: host?.memory_available_mb ?? null,
      memory_cached_mb: host?.memory_cached_mb ?? null,
      swap_used_mb: host?.swap_used_mb ?? null,
      memory_pressure_some_avg10: host?.memory_pressure_some_avg10 ?? null,
      ...facts,
      network_rx_bytes_per_s: rates?.network_rx_bytes_per_s ?? null,
      network_tx_bytes_per_s: rates?.network_tx_bytes_per_s ?? null,
      driver_version: this.#driverVersion,
    }
  }
}
