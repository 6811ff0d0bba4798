import { findBusId } from './csv'
import type { SampleError, SampleErrorCode } from './types'

/** What nvidia-smi says in sentences and exit codes instead of rows. */

export type Message =
  | { kind: 'lost'; busId: string | null }
  | { kind: 'unsupported_field'; field: string }
  | { kind: 'failure'; code: SampleErrorCode }
  | { kind: 'note' }

/**
 * Recognises a line that is not a row. They come on stdout or stderr, depending on the driver.
 * Null for text that is none of nvidia-smi's known sentences.
 */
export function readMessage(line: string): Message | null {
  const field = /Field "([^"]*)" is not a valid field/i.exec(line)
  if (field?.[1] !== undefined) return { kind: 'unsupported_field', field: field[1] }
  if (/unable to determine the device handle|gpu is lost|fallen off the bus/i.test(line)) {
    return { kind: 'lost', busId: findBusId(line) }
  }
  if (/library version mismatch/i.test(line)) return { kind: 'failure', code: 'driver_mismatch' }
  if (/couldn't communicate with the nvidia driver|driver (is )?not loaded/i.test(line)) {
    return { kind: 'failure', code: 'driver_not_loaded' }
  }
  if (/no devices were found/i.test(line)) return { kind: 'failure', code: 'no_devices' }
  if (/failed to initialize nvml/i.test(line)) return { kind: 'failure', code: 'nvidia_smi_failed' }
  if (
    /no running processes found|^NVML library version|^Make sure that the latest NVIDIA/i.test(line)
  ) {
    return { kind: 'note' }
  }
  return null
}

/** nvidia-smi's exit codes are NVML's return codes; 124 to 143 are those of sh and `timeout`
 * (busybox gives 143 where others give 124). */
const EXIT_CODES: ReadonlyMap<number, SampleErrorCode> = new Map([
  [6, 'no_devices'],
  [9, 'driver_not_loaded'],
  [15, 'gpu_lost'],
  [18, 'driver_mismatch'],
  [124, 'nvidia_smi_hung'],
  [127, 'nvidia_smi_missing'],
  [137, 'nvidia_smi_hung'],
  [143, 'nvidia_smi_hung'],
])

/** The code of a failed run; null for exit code 0. */
export function exitCodeError(exitCode: number): SampleErrorCode | null {
  if (exitCode === 0) return null
  return EXIT_CODES.get(exitCode) ?? 'nvidia_smi_failed'
}

const EXIT_MEANINGS: ReadonlyMap<number, string> = new Map([
  [2, 'it did not accept its arguments'],
  [3, 'the device does not offer what was asked'],
  [4, 'this user may not read the GPUs'],
  [8, 'a power cable of a GPU is not attached'],
  [10, 'the kernel reports an interrupt problem of a GPU'],
  [12, 'the NVML library is not installed'],
  [13, 'the NVML library is too old for it'],
  [14, 'the infoROM of a GPU is damaged'],
  [16, 'a GPU must be reset'],
  [17, 'the operating system (a cgroup, a container) blocks the GPUs'],
  [126, 'it is not executable'],
])

/** A sentence with the next step. `said` is the line that nvidia-smi printed, if any. */
export function gpuError(code: SampleErrorCode, exitCode: number, said: string): SampleError {
  const quoted = said === '' ? '' : ` It said: ${said}`
  switch (code) {
    case 'nvidia_smi_missing':
      return {
        code,
        message:
          'nvidia-smi is not installed or not in PATH on this machine; install the NVIDIA driver, or add the folder that holds it to PATH.',
      }
    case 'nvidia_smi_hung':
      return {
        code,
        message:
          'nvidia-smi does not answer, so the GPUs cannot be read; look for Xid lines in the kernel log, and reboot the machine if it stays so.',
      }
    case 'no_devices':
      return {
        code,
        message:
          'The NVIDIA driver finds no GPU; check with lspci that the machine has one, and the kernel log for a GPU that fell off the bus.',
      }
    case 'driver_mismatch':
      return {
        code,
        message: `The NVIDIA driver was updated but the old kernel module is still loaded; reboot the machine.${quoted}`,
      }
    case 'driver_not_loaded':
      return {
        code,
        message:
          'The NVIDIA kernel module is not loaded; run "sudo modprobe nvidia", and reinstall the driver if that fails.',
      }
    case 'gpu_lost':
      return {
        code,
        message: `A GPU is not reachable any more; reboot the machine, and have the GPU checked if it happens again.${quoted}`,
      }
    default: {
      const meaning = EXIT_MEANINGS.get(exitCode)
      const why = meaning === undefined ? '' : ` (${meaning})`
      return {
        code,
        message: `nvidia-smi failed with exit code ${exitCode}${why}; run it on the machine to see more.${quoted}`,
      }
    }
  }
}
