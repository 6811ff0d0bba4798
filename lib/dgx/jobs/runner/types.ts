/** What the runner is asked for and what it tells. It knows machines and scripts, no database. */

/** One run: an attempt of a job on a machine. */
export type RunRef = {
  job_id: string
  /** From 1. */
  attempt: number
  /** Random letters and digits, in the environment of all processes of the run. */
  run_token: string
}

export type RunSpec = RunRef & {
  /** A script for bash, or for sh where there is no bash; may have many lines. */
  command: string
  /** `~` is the home folder, as is null. */
  working_dir: string | null
  env: Record<string, string>
  /** What `CUDA_VISIBLE_DEVICES` names; none hides every GPU. */
  gpu_uuids: string[]
  /** Put beside the run as `config.json`. */
  config: Record<string, unknown>
  /** After this long the supervisor ends it, also while nobody is connected. Null: never. */
  timeout_s: number | null
  /** From TERM to KILL. */
  kill_grace_s: number
}

/**
 * - `absent`: nothing was started (or its folder and all its processes are gone)
 * - `starting`: a supervisor is about to start the command
 * - `running`: the supervisor is there; it stays until the end is written
 * - `ended`: the end is known, see `exit`; processes left behind may still be ending (`live_pids`)
 * - `orphaned`: processes of it run, their supervisor is gone (or its folder), so the exit code is lost
 * - `vanished`: it was started, and neither a process nor an end is left
 * - `rebooted`: it was started before the machine's last boot and did not end before it
 */
export type RunState =
  | 'absent'
  | 'starting'
  | 'running'
  | 'ended'
  | 'orphaned'
  | 'vanished'
  | 'rebooted'

export type RunExit = {
  /** Null when a signal ended the command, or it never started. */
  code: number | null
  /** Without `SIG`: `TERM`, `KILL`, ... */
  signal: string | null
  /** `timed_out` keeps the code or the signal that the command ended with. */
  reason: 'exited' | 'signalled' | 'timed_out' | 'out_of_memory' | 'launch_failed'
  /** A sentence where there is more to say than the code, such as what was not found. */
  message: string | null
}

/** Times are Unix ms by this computer's clock, whatever the machine's clock says. */
export type RunFacts = RunRef & {
  state: RunState
  /** Of the supervisor. */
  pid: number | null
  /** Of the command, and its session. */
  process_group: number | null
  /** The machine's boot in which it was started. */
  boot_id: string | null
  started_at_ms: number | null
  ended_at_ms: number | null
  exit: RunExit | null
  /** Processes with its token, the supervisor not among them; a zombie is dead. */
  live_pids: number[]
  /** Null: the file is not there. */
  stdout_bytes: number | null
  stderr_bytes: number | null
  metrics_bytes: number | null
  /** The supervisor touches it every 15 s. */
  heartbeat_at_ms: number | null
}
