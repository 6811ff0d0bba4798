import { setTimeout as delay } from 'node:timers/promises'
import type { HostPool } from '../../ssh/host-pool'
import { quote } from '../../ssh/quote'
import { quotePath } from '../../ssh/remote-command'
import { factsOf } from './facts'
import { JOBS_FOLDER, jobFolder, runFolder, runName } from './paths'
import { probeRuns } from './probe'
import { runReport } from './report'
import type { RunFacts, RunRef } from './types'

const TIMEOUT_MS = 30_000
/** The supervisor kills after the grace itself; only then does it get help. */
const SUPERVISOR_MARGIN_MS = 3_000
const KILL_TRIES = 3
const POLL_MS = 1_000

/**
 * Settings: `id`, `job`, `run`, `token`, `grace`, and `how`: `ask` or `kill`. It waits for two seconds
 * at most, so that it holds no slot for the length of a grace.
 */
const STOP = `
umask 077
mkdir -p "$job" 2>/dev/null
find_live "$token"

# What was not started yet never will be: whoever claims it may run it.
claimed=
if [ -e "$run/unclaimed" ]; then
  mv "$run/unclaimed" "$run/claim" 2>/dev/null && claimed=1
elif [ -z "$live" ]; then
  mkdir "$run" 2>/dev/null && claimed=1
fi
if [ -n "$claimed" ]; then
  read_boot
  clock
  put "$run/exit.new" "- launch_failed $up $boot It was stopped before it started." 2>/dev/null &&
    mv "$run/exit.new" "$run/exit"
fi

first_line "$run/claim"
owner=$line
first_line "$run/pid"
set -- \${line:-$owner}
supervisor=\${1:-0} supervisor_start=\${2:-} command=\${3:-0} command_start=\${4:-} group=\${5:--}

is_left() {
  find_live "$token"
  [ -n "$live" ] || is_alive "$supervisor" "$supervisor_start"
}

signal_command() {
  # Only while its leader lives is the group known to be its own.
  is_alive "$command" "$command_start" && [ "$group" != - ] && send "$1" "-$group"
  send "$1" $live
}

tries=0
if [ "$how" = ask ]; then
  put "$run/grace" "$grace" 2>/dev/null
  if is_alive "$supervisor" "$supervisor_start"; then
    kill -s TERM "$supervisor" 2>/dev/null
  else
    signal_command TERM
    signal_command CONT
  fi
fi
while is_left && [ "$tries" -lt 20 ]; do
  if [ "$how" = kill ]; then
    signal_command KILL
    # By now it has had the time to write the end down.
    [ "$tries" -lt 15 ] || [ -n "$live" ] || kill -s KILL "$supervisor" 2>/dev/null
  fi
  tries=$(( tries + 1 ))
  sleep 0.1 2>/dev/null || { sleep 1; tries=$(( tries + 9 )); }
done
cd ${quotePath(JOBS_FOLDER)} 2>/dev/null
report "$id"
report_end
`

/**
 * Ends a run with all its processes: TERM, `grace_s` seconds to leave, KILL. Answers when nothing of
 * it is left, or, where not even KILL helps, with what is (`live_pids`). A run that was not started
 * never will be. It may be repeated at any time: the command hears TERM once from its supervisor.
 * @throws DgxError as runReport
 */
export async function stopRun(
  host: HostPool,
  ref: RunRef,
  options: { grace_s: number; signal?: AbortSignal },
): Promise<RunFacts> {
  const { signal } = options
  const grace_s = Math.max(0, Math.ceil(options.grace_s))
  const asked_at = performance.now()
  let facts = await sendStop(host, ref, { how: grace_s === 0 ? 'kill' : 'ask', grace_s, signal })
  const margin_ms = facts.state === 'orphaned' ? 0 : SUPERVISOR_MARGIN_MS
  const deadline = asked_at + grace_s * 1_000 + margin_ms
  while (isLeft(facts) && performance.now() < deadline) {
    await delay(POLL_MS, undefined, signal ? { signal } : {})
    const [now] = await probeRuns(host, [ref], signal)
    facts = now ?? facts
  }
  for (let tries = 0; isLeft(facts) && tries < KILL_TRIES; tries += 1) {
    facts = await sendStop(host, ref, { how: 'kill', grace_s, signal })
  }
  return facts
}

function isLeft(facts: RunFacts): boolean {
  return facts.live_pids.length > 0 || facts.state === 'running' || facts.state === 'starting'
}

async function sendStop(
  host: HostPool,
  ref: RunRef,
  options: { how: 'ask' | 'kill'; grace_s: number; signal: AbortSignal | undefined },
): Promise<RunFacts> {
  const run = runFolder(ref)
  const settings = [
    `id=${quote(runName(ref))}`,
    `job=${quotePath(jobFolder(ref.job_id))}`,
    `run=${quotePath(run)}`,
    `token=${quote(ref.run_token)}`,
    `grace=${options.grace_s}`,
    `how=${options.how}`,
  ]
  const { report } = await runReport(host, {
    script: `${settings.join('\n')}\n${STOP}`,
    timeoutMs: TIMEOUT_MS,
    signal: options.signal,
  })
  return factsOf(report, ref)
}
