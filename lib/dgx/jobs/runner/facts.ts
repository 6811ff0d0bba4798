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

type RawRun = { supervisor: string; owner: string; started: string; beat: string; exit: string }

/** What a report says of all its runs, and when. */
export type Report = {
  runs: ReadonlyMap<number, RawRun>
  files: ReadonlyMap<string, FileFacts>
  /** Pids by run token. */
  live: ReadonlyMap<string, number[]>
  /** The machine's time as it printed the report, by all its clocks and by ours. */
  now: Moment & { epoch_s: number; here_ms: number }
}

/**
 * Reads what `report` and `report_end` (shell-functions.ts) printed; null when it is not complete.
 * @param marker what begins their lines, so that a talkative start-up file of a shell does not matter
 * @param here_ms when it arrived here
 */
export function readReport(text: string, marker: string, here_ms: number): Report | null {
  const runs = new Map<number, RawRun>()
  const files = new Map<string, FileFacts>()
  const live = new Map<string, number[]>()
  let now: Report['now'] | null = null
  let run: RawRun | null = null
  for (const line of text.split('\n')) {
    const process = /^\/proc\/(\d+)\/environ:DGX_RUN_TOKEN=(\w+)$/.exec(line)
    if (process) {
      const [, pid, token = ''] = process
      const pids = live.get(token) ?? []
      live.set(token, pids)
      if (!pids.includes(Number(pid))) pids.push(Number(pid))
      continue
    }
    if (!line.startsWith(`@${marker} `)) continue
    const [, kind = '', rest = ''] = /^\S+ (\w+) ?(.*)$/.exec(line) ?? []
    const words = rest.split(' ')
    if (kind === 'run') {
      run = { supervisor: words[1] ?? '', owner: '', started: '', beat: '', exit: '' }
      runs.set(Number(words[0]), run)
    } else if (kind === 'file') {
      const [bytes, modified_s, ...name] = words
      files.set(name.join(' '), { bytes: Number(bytes), modified_s: Number(modified_s) })
    } else if (kind === 'end') {
      const [boot_id = '', uptime_s, epoch_s] = words
      now = { boot_id, uptime_s: Number(uptime_s), epoch_s: Number(epoch_s), here_ms }
    } else if (
      run &&
      (kind === 'owner' || kind === 'started' || kind === 'beat' || kind === 'exit')
    ) {
      run[kind] = rest
    }
  }
  return now && { runs, files, live, now }
}

/** The facts of one run of a report. @param number what `report` was called with */
export function factsOf(
  report: Report,
  number: number,
  { job_id, attempt, run_token }: RunRef,
): RunFacts {
  const raw = report.runs.get(number)
  const file = (name: string) => report.files.get(`${job_id}/${attempt}/${name}`)
  const [, ownerPid, ownerBoot] = /^(\d+) \d+ (\S+)$/.exec(raw?.owner ?? '') ?? []
  const [, pid, group, startBoot, startedAt] =
    /^(\d+) \d+ \d+ (?:\d+|-) (\d+|-) (\S+) ([\d.]+)$/.exec(raw?.started ?? '') ?? []
  const [, code, reason, endedAt, endBoot = '', message] =
    /^(\d+|-) (\w+) ([\d.]+) (\S+) ?(.*)$/.exec(raw?.exit ?? '') ?? []
  const [, beatAt] = /^([\d.]+) /.exec(raw?.beat ?? '') ?? []
  const boot_id = startBoot ?? ownerBoot ?? null
  const live_pids = report.live.get(run_token) ?? []
  const exit = readExit(code, reason, message)
  const claim = file('claim')
  const state = (): RunState => {
    if (exit) return 'ended'
    if (raw?.supervisor === 'alive') return startBoot ? 'running' : 'starting'
    if (boot_id !== null && boot_id !== report.now.boot_id) return 'rebooted'
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
    pid: numberOf(pid ?? ownerPid),
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
