import type { Report, Use } from './answers'
import type { GpuUse } from './gpu-use.sql'

const SECONDS_PER_HOUR = 3_600
const JOULES_PER_KWH = 3_600_000

type Values = {
  /** GPU-seconds that were sampled; of them with a known utilization, at work, with a known power. */
  sampled_s: number
  known_s: number
  busy_s: number
  power_s: number
  joules: number
  /** GPU-seconds that were held, by the clock; of them sampled, at work; and their energy. */
  held_s: number
  held_known_s: number
  held_busy_s: number
  held_joules: number
}

const NOTHING: Values = {
  ...{ sampled_s: 0, known_s: 0, busy_s: 0, power_s: 0, joules: 0 },
  ...{ held_s: 0, held_known_s: 0, held_busy_s: 0, held_joules: 0 },
}

type Peaks = Pick<
  Report['machines'][number],
  'peak_temperature_c' | 'peak_memory_used_mb' | 'memory_total_mb'
>

/** What is added up of a part of a report: all of it, a step, a machine, a GPU, a project, a job. */
export class Sums {
  readonly values: Values = { ...NOTHING }
  readonly peaks: Peaks = {
    peak_temperature_c: null,
    peak_memory_used_mb: null,
    memory_total_mb: null,
  }

  add(changes: Partial<Values>): void {
    let key: keyof Values
    for (key in changes) this.values[key] += changes[key] ?? 0
  }

  /** Takes up the peaks of a GPU. */
  reach(use: GpuUse): void {
    for (const key of ['peak_temperature_c', 'peak_memory_used_mb', 'memory_total_mb'] as const) {
      const [before, now] = [this.peaks[key], use[key]]
      if (now !== null) this.peaks[key] = Math.max(now, before ?? now)
    }
  }

  /** Of GPUs, whatever they did. @param possible_s GPU-seconds; null where they are not known */
  ofGpus(possible_s: number | null): Use {
    const { sampled_s, known_s, busy_s, power_s, joules } = this.values
    const held = this.#held()
    const isKnown = known_s > 0 && held.busy_s !== null
    // A run is accounted to the second, a roll-up to the minute: what that makes is not below 0.
    const rest = (seconds: number) => (isKnown ? hours(Math.max(0, seconds)) : null)
    return {
      gpu_hours: {
        possible: hours(possible_s),
        sampled: possible_s === null ? null : hours(sampled_s),
        busy: known_s > 0 ? hours(busy_s) : null,
        ...held.hours,
        other_busy: rest(busy_s - (held.busy_s ?? 0)),
        free: rest(known_s - Math.max(busy_s, held.busy_s ?? 0) - (held.idle_s ?? 0)),
      },
      gpu_utilization: percent(busy_s, known_s),
      energy_kwh: power_s > 0 ? kwh(joules) : null,
      energy_gpu_hours: power_s > 0 ? hours(power_s) : null,
    }
  }

  /** Of runs alone: what others did with the GPUs is not in it. */
  ofRuns(): Use {
    const { held_known_s, held_busy_s, held_joules } = this.values
    const held = this.#held()
    return {
      gpu_hours: {
        ...{ possible: null, sampled: null, other_busy: null, free: null },
        busy: hours(held.busy_s),
        ...held.hours,
      },
      gpu_utilization: percent(held_busy_s, held_known_s),
      // A power that is never known adds nothing to the energy of a run.
      energy_kwh: held_joules > 0 ? kwh(held_joules) : null,
      energy_gpu_hours: null,
    }
  }

  /** GPU-seconds that were held and idle, as far as they are known. */
  get heldIdleS(): number {
    return Math.max(0, this.values.held_known_s - this.values.held_busy_s)
  }

  #held() {
    const { held_s, held_known_s, held_busy_s } = this.values
    const isKnown = held_known_s > 0 || held_s === 0
    const busy_s = isKnown ? held_busy_s : null
    const idle_s = isKnown ? this.heldIdleS : null
    return {
      ...{ busy_s, idle_s },
      hours: {
        ...{ held: hours(held_s), held_busy: hours(busy_s), held_idle: hours(idle_s) },
      },
    }
  }
}

/** Four digits behind the point: a third of a second of an hour. */
export const round = (value: number) => Math.round(value * 1e4) / 1e4

function hours(seconds: number): number
function hours(seconds: number | null): number | null
function hours(seconds: number | null) {
  return seconds === null ? null : round(seconds / SECONDS_PER_HOUR)
}

const kwh = (joules: number) => round(joules / JOULES_PER_KWH)

const percent = (part: number, whole: number) => (whole > 0 ? round((100 * part) / whole) : null)
