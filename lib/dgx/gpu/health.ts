import type { FaultToken } from './csv'
import type { FastValues } from './fields'
import { isIntegrated } from './memory'
import type { GpuDetails, Health, HealthReasonCode, HealthStatus, ThrottleReason } from './types'

const THROTTLE_BITS: ReadonlyArray<readonly [number, ThrottleReason]> = [
  [0x1, 'gpu_idle'],
  [0x2, 'applications_clocks'],
  [0x4, 'sw_power_cap'],
  [0x8, 'hw_slowdown'],
  [0x10, 'sync_boost'],
  [0x20, 'sw_thermal_slowdown'],
  [0x40, 'hw_thermal_slowdown'],
  [0x80, 'hw_power_brake'],
  [0x100, 'display_clocks'],
]

/** The names of the bits set in `clocks_throttle_reasons.active`; empty for null. */
export function throttleReasons(mask: number | null): ThrottleReason[] {
  if (mask === null || mask === 0) return []
  return THROTTLE_BITS.filter(([bit]) => (mask & bit) !== 0).map(([, reason]) => reason)
}

type Severity = Exclude<HealthStatus, 'ok'>
type Rule = { severity: Severity; message: string }

const RULES: Record<HealthReasonCode, Rule> = {
  gpu_lost: {
    severity: 'fault',
    message:
      'The GPU fell off the bus or disappeared; save your work, reboot the machine, and have the GPU checked if it happens again.',
  },
  gpu_requires_reset: {
    severity: 'fault',
    message:
      'The GPU must be reset; stop its processes and run "sudo nvidia-smi --gpu-reset", or reboot the machine.',
  },
  gpu_unknown_error: {
    severity: 'fault',
    message:
      'The driver answers "Unknown Error" for this GPU; look for Xid lines in the kernel log and reboot the machine.',
  },
  gpu_unreadable: {
    severity: 'fault',
    message:
      'The GPU cannot be read at the moment; see the errors of this machine for the cause and the next step.',
  },
  recovery_action: {
    severity: 'fault',
    message:
      'The driver asks for a recovery action; stop the processes of this GPU and do what it says.',
  },
  row_remap_failure: {
    severity: 'fault',
    message:
      'The GPU could not replace a failing row of its memory; stop using it and have it replaced.',
  },
  power_latch: {
    severity: 'fault',
    message:
      'The GPU is busy but held at a fraction of its clock and power with no reason given, a known fault of its power supply; shut down, unplug the power supply from the wall and the machine for a minute, then start again.',
  },
  row_remap_pending: {
    severity: 'warning',
    message:
      'A failing row of GPU memory will be replaced at the next reset; reset the GPU or reboot when the current work is done.',
  },
  ecc_uncorrected: {
    severity: 'warning',
    message:
      'GPU memory had errors that could not be corrected since the last reboot; check the results of running work and reset the GPU when it is done.',
  },
  hw_slowdown: {
    severity: 'warning',
    message: 'The hardware slows this GPU down; check its cooling and its power supply.',
  },
  hw_thermal_slowdown: {
    severity: 'warning',
    message: 'The GPU is too hot and halves its clock; check fans, air flow and room temperature.',
  },
  hw_power_brake: {
    severity: 'warning',
    message:
      "The power supply asks this GPU to slow down; check the power supply and the rack's power limit.",
  },
  sw_thermal_slowdown: {
    severity: 'warning',
    message:
      'The driver lowers the clock because the GPU is hot; check fans, air flow and room temperature.',
  },
  persistence_off: {
    severity: 'warning',
    message:
      'Persistence mode is off, so that each reading wakes the driver up; run "sudo nvidia-smi -pm 1" or start nvidia-persistenced.',
  },
}

const LATCH_MIN_UTILIZATION = 50
const LATCH_MAX_SM_CLOCK_MHZ = 1000
const LATCH_MAX_POWER_WATTS = 30

export type HealthInput = {
  name: string | null
  values: Pick<FastValues, 'gpu_utilization' | 'sm_clock_mhz' | 'power_watts' | 'throttle_mask'>
  faults: ReadonlySet<FaultToken>
  details: GpuDetails | null
}

/** Judges one GPU's reading. The worst reason gives the status; `sw_power_cap` is normal under load. */
export function judgeHealth({ name, values, faults, details }: HealthInput): Health {
  const codes: HealthReasonCode[] = [...faults]
  let recovery: string | null = null
  if (details !== null) {
    recovery = details.recovery_action
    if (recovery !== null && recovery.toLowerCase() !== 'none') codes.push('recovery_action')
    if (isYes(details.row_remap_failure)) codes.push('row_remap_failure')
    if (isYes(details.row_remap_pending)) codes.push('row_remap_pending')
    if ((details.ecc_uncorrected_volatile ?? 0) > 0) codes.push('ecc_uncorrected')
  }
  if (isIntegrated(name) && isPowerLatched(values)) codes.push('power_latch')
  codes.push(...slowdowns(values.throttle_mask))
  // A GPU that drives a display is kept awake by it.
  if (details?.persistence_mode === 'Disabled' && details.display_active !== 'Enabled') {
    codes.push('persistence_off')
  }
  return toHealth(codes, recovery)
}

/** The health of a GPU that gave no reading at all. */
export function healthWithoutReading(code: 'gpu_lost' | 'gpu_unreadable'): Health {
  return toHealth([code], null)
}

function toHealth(codes: readonly HealthReasonCode[], recovery: string | null): Health {
  const reasons = codes.map((code) => ({
    code,
    message:
      code === 'recovery_action'
        ? `The driver asks for "${recovery}"; stop the processes of this GPU and do what it says.`
        : RULES[code].message,
  }))
  return { status: statusOf(codes), reasons }
}

/** The worst of some reasons gives the status. */
export function statusOf(codes: readonly HealthReasonCode[]): HealthStatus {
  if (codes.length === 0) return 'ok'
  return codes.some((code) => RULES[code].severity === 'fault') ? 'fault' : 'warning'
}

function isYes(text: string | null): boolean {
  return text !== null && /^(yes|1)$/i.test(text)
}

/**
 * Integrated parts only: elsewhere a busy GPU at low clock and power has other causes. Idle power
 * overlaps with that of the fault, so only a busy GPU can be judged.
 */
function isPowerLatched(values: HealthInput['values']): boolean {
  const { gpu_utilization, sm_clock_mhz, power_watts, throttle_mask } = values
  return (
    throttle_mask === 0 &&
    gpu_utilization !== null &&
    gpu_utilization >= LATCH_MIN_UTILIZATION &&
    sm_clock_mhz !== null &&
    sm_clock_mhz <= LATCH_MAX_SM_CLOCK_MHZ &&
    power_watts !== null &&
    power_watts <= LATCH_MAX_POWER_WATTS
  )
}

/** The driver sets `hw_slowdown` along with its causes: it is worth saying only without them. */
function slowdowns(mask: number | null): HealthReasonCode[] {
  const codes: HealthReasonCode[] = []
  const bits = mask ?? 0
  if ((bits & 0x40) !== 0) codes.push('hw_thermal_slowdown')
  if ((bits & 0x80) !== 0) codes.push('hw_power_brake')
  if ((bits & 0x8) !== 0 && codes.length === 0) codes.push('hw_slowdown')
  if ((bits & 0x20) !== 0) codes.push('sw_thermal_slowdown')
  return codes
}
