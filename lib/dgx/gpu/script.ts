import { quote } from '../ssh/quote'
import { SCRIPT_BODY } from './script-body'

export type SamplerScriptOptions = {
  /** Time from one sample to the next, ms, at least 100. */
  intervalMs: number
  /** A random nonce of 8 to 64 hex digits, new for every start. See frames.ts. */
  marker: string
  fastFields: readonly string[]
  slowFields: readonly string[]
  /** How often the slow set is read, s. */
  slowEveryS?: number
  /** After how long one nvidia-smi is stopped, s. */
  nvidiaSmiTimeoutS?: number
}

/**
 * A script for `sh` on the machine that prints one frame per interval on its standard output
 * until that breaks. Best given to `sh -s` on standard input: arguments are visible to every user
 * there, and whoever knows the marker could imitate a frame.
 *
 * A frame (lines between markers are as the programs printed them):
 * ```
 * @M begin <seq>
 * @M section gpu_status <status> <seconds>
 * @M section fast <exit code> <ms>     rows of the fast set, when a reading is ready
 * @M section fast_err                  its standard error, where there is any
 * @M section apps <exit code> <ms>     gpu_uuid, pid, process_name, used_memory
 * @M section owners                    <pid> <user> <command line>
 * @M section origins                   <pid> <process group>; /proc/<pid>/environ:DGX_JOB_ID=<id>
 * @M section slow <exit code> <ms>     rows of the slow set, once a minute; slow_err
 * @M section host                      see host.ts
 * @M section host_facts                once a minute
 * @M end
 * ```
 * Statuses: `ok` (a reading follows), `running` (nvidia-smi is at work for so many seconds),
 * `waiting` (it was slow, so it rests for so many seconds), `missing`, `no_temp_dir`, `died`.
 * @throws RangeError for options that no script can be made of
 */
export function samplerScript(options: SamplerScriptOptions): string {
  const { intervalMs, marker, fastFields, slowFields } = options
  const { slowEveryS = 60, nvidiaSmiTimeoutS = 10 } = options
  if (!(intervalMs >= 100 && intervalMs <= 3_600_000)) {
    throw new RangeError(`interval of ${intervalMs} ms is not between 100 ms and an hour`)
  }
  if (!/^[0-9a-f]{8,64}$/.test(marker))
    throw new RangeError('the marker must be 8 to 64 hex digits')
  const settings = {
    M: marker,
    INTERVAL: String(Math.round(intervalMs / 10)),
    FAST: fieldList(fastFields),
    SLOW: fieldList(slowFields),
    SLOW_EVERY: String(Math.round(slowEveryS * 100)),
    LIMIT: String(Math.ceil(nvidiaSmiTimeoutS)),
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${quote(value)}`)
  return `${lines.join('\n')}\n${SCRIPT_BODY}`
}

function fieldList(fields: readonly string[]): string {
  const bad = fields.find((field) => !/^[a-z0-9_.]+$/.test(field))
  if (bad !== undefined) throw new RangeError(`"${bad}" is no name of a query field`)
  if (fields.length === 0) throw new RangeError('a query needs at least one field')
  return fields.join(',')
}
