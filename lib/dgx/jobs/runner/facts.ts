import type { RunExit, RunFacts, RunRef, RunState } from './types'

/** What a run that was renamed but has not said who it is may take for that, s. */
const CLAIM_GRACE_S = 30
/** Linux's signals by number, from 1. */
const SIGNALS =
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS'.split(
    ' ',
  )
const REASONS: ReadonlySet<unknown> = new Set<RunExit['reason']>([
  'exited',
  'signalled',
  'timed_out',
  'out_of_memory',
  'launch_failed',
])

/** A moment on a machine: seconds since its boot, which of its clocks nobody sets. */
type Moment = { boot_id: string; uptime_s: number }

type FileFacts = { bytes: number; modified_s: number }

/** What a report says of all its runs, and when. */
export type Report = {
  /** First lines of the runs' small files, by `job/attempt/name`. */
  lines: ReadonlyMap<string, string>
  files: ReadonlyMap<string, FileFacts>
  /** Start times of living processes, by pid. */
  starts: ReadonlyMap<number, string>
  /** Pids by run token. */
  live: ReadonlyMap<string, number[]>
  /** The machine's time as it printed the report, by all its clocks and by ours. */
  now: Moment & { epoch_s: number; here_ms: number }
}

/**
 * Reads what `report` and `report_end` (shell-functions.ts) printed; null when it is not complete.
 * What else a talkative start-up file of the shell prints is passed over.
 * @param marker begins its last line @param here_ms when it arrived here
 */
export function readReport(text: string, marker: string, here_ms: number): Report | null {
  const lines = new Map<string, string>()
  const files = new Map<string, FileFacts>()
  const starts = new Map<number, string>()
  const live = new Map<string, number[]>()
  let now: Report['now'] | null = null
  for (const line of text.split('\n')) {
    const [, pid, token] = /^\/proc\/(\d+)\/environ:DGX_RUN_TOKEN=(\w+)$/.exec(line) ?? []
    const [, name, content] = /^([\w-]+\/\d+\/\w+):(.*)$/.exec(line) ?? []
    const [, bytes, modified_s, file] = /^file (\d+) (\d+) (\S+)$/.exec(line) ?? []
    if (token !== undefined) {
      live.set(token, [...new Set([...(live.get(token) ?? []), Number(pid)])])
    } else if (name !== undefined && content !== undefined) {
      lines.set(name, content)
    } else if (file !== undefined) {
      files.set(file, { bytes: Number(bytes), modified_s: Number(modified_s) })
    } else if (line.startsWith(`@${marker} end `)) {
      const [, , boot_id = '', uptime_s, epoch_s] = line.split(' ')
      now = { boot_id, uptime_s: Number(uptime_s), epoch_s: Number(epoch_s), here_ms }
    } else {
      // The name of a process, in brackets, may hold anything; its start time is the 22nd field.
      const [, id, state, rest = ''] = /^(\d+) \(.*\) ([A-Za-z]) (.*)$/.exec(line) ?? []
      const start = rest.split(' ')[18]
      if (start !== undefined && state !== 'Z' && state !== 'X') starts.set(Number(id), start)
    }
  }
  return now && { lines, files, starts, live, now }
}

/** The facts of one run of a report. */
export function factsOf(report: Report, { job_id, attempt, run_token }: RunRef): RunFacts {
  const at = (name: string) => `${job_id}/${attempt}/${name}`
  const line = (name: string) => report.lines.get(at(name)) ?? ''
  const file = (name: string) => report.files.get(at(name))
  const [, ownerPid, ownerStart, ownerBoot] = /^(\d+) (\d+) (\S+)$/.exec(line('claim')) ?? []
  const [, startedPid, startedStart, group, startBoot, startedAt] =
    /^(\d+) (\d+) \d+ (?:\d+|-) (\d+|-) (\S+) ([\d.]+)$/.exec(line('pid')) ?? []
  const [, code, reason, endedAt, endBoot = '', message] =
    /^(\d+|-) (\w+) ([\d.]+) (\S+) ?(.*)$/.exec(line('exit')) ?? []
  const [, beatAt] = /^([\d.]+) /.exec(line('heartbeat')) ?? []
  const boot_id = startBoot ?? ownerBoot ?? null
  const pid = numberOf(startedPid ?? ownerPid)
  const isSupervised = pid !== null && report.starts.get(pid) === (startedStart ?? ownerStart)
  const live_pids = report.live.get(run_token) ?? []
  const exit = readExit(code, reason, message)
  const claim = file('claim')
  const state = (): RunState => {
    if (exit) return 'ended'
    if (boot_id !== null && boot_id !== report.now.boot_id) return 'rebooted'
    if (isSupervised) return startBoot ? 'running' : 'starting'
    if (live_pids.length > 0) return 'orphaned'
    if (boot_id !== null) return 'vanished'
    if (!claim) return 'absent'
    return report.now.epoch_s - claim.modified_s < CLAIM_GRACE_S ? 'starting' : 'vanished'
  }
  const timeOf = (uptime: string | undefined, boot: string | null, name: string) =>
    uptime === undefined || boot === null
      ? null
      : hereTime(report.now, { boot_id: boot, uptime_s: Number(uptime) }, file(name))
  return {
    job_id,
    attempt,
    run_token,
    state: state(),
    pid,
    process_group: numberOf(group),
    boot_id,
    started_at_ms: timeOf(startedAt, startBoot ?? null, 'pid'),
    ended_at_ms: exit && timeOf(endedAt, endBoot, 'exit'),
    exit,
    live_pids,
    stdout_bytes: file('stdout.log')?.bytes ?? null,
    stderr_bytes: file('stderr.log')?.bytes ?? null,
    metrics_bytes: file('metrics.jsonl')?.bytes ?? null,
    heartbeat_at_ms: timeOf(beatAt, boot_id, 'heartbeat'),
  }
}

/**
 * A moment on the machine by this computer's clock: by its age since the boot that still lasts,
 * else by the age of the file that was written then.
 */
function hereTime(now: Report['now'], moment: Moment, file: FileFacts | undefined): number | null {
  const age_s = now.uptime_s - moment.uptime_s
  if (moment.boot_id === now.boot_id && age_s >= 0) return Math.round(now.here_ms - age_s * 1000)
  return file ? now.here_ms - (now.epoch_s - file.modified_s) * 1000 : null
}

function readExit(code = '-', reason = '', message = ''): RunExit | null {
  if (!isReason(reason)) return null
  const number = numberOf(code)
  const signal = number === null ? null : (SIGNALS[number - 129] ?? null)
  return { code: signal ? null : number, signal, reason, message: message.trim() || null }
}

const isReason = (text: string): text is RunExit['reason'] => REASONS.has(text)

const numberOf = (text: string | undefined) =>
  text === undefined || text === '-' ? null : Number(text)
