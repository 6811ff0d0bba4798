import { randomBytes } from 'node:crypto'
import type { HostPool } from '../../ssh/host-pool'
import { quote } from '../../ssh/quote'
import { quotePath } from '../../ssh/remote-command'
import { bundleFiles } from './bundle'
import { factsOf } from './facts'
import { JOBS_FOLDER, jobFolder, runFolder, runName } from './paths'
import { runReport } from './report'
import type { RunFacts, RunSpec } from './types'

const TIMEOUT_MS = 60_000

/**
 * Settings: `id` (`job/attempt`), the folders `run` and `new` (of this call), and `size` of the bundle:
 * a script that writes the files into `new`. Few processes are started, because a busy machine makes
 * each of them wait.
 *
 * The run's folder is made ready beside its place and renamed into it, with everything in it that
 * the supervisor will write. Any number of calls may start supervisors; one of them gets to rename
 * `unclaimed`. So a connection that drops anywhere here leaves a run that was started, or one that
 * the next call starts.
 */
const LAUNCH = `
mask=$(umask)
umask 077

end() {
  cd ${quotePath(JOBS_FOLDER)} 2>/dev/null
  report "$id"
  report_end
  exit 0
}

fail() {
  rm -rf "$new"
  printf '@%s failed %s\\n' "$M" "$(printf %s "$1" | tr '\\n' ' ')"
  end
}

# Runs a command whose complaint, in English, is why the launch failed.
try() {
  problem=$(export LC_ALL=C && "$@" 2>&1) || fail "$problem"
}

fill() {
  cat > "$new/bundle" || return
  [ "$(wc -c < "$new/bundle")" -eq "$size" ] || { echo 'Only a part of it arrived.'; return 1; }
  . "$new/bundle" || return
  : > "$new/stdout.log" && : > "$new/stderr.log" && : > "$new/metrics.jsonl" || return
  for name in pid.new exit.new heartbeat unclaimed; do
    printf '%4096s' ' ' > "$new/$name" || return
  done
}

is_lingering() {
  [ -d /run/systemd/system ] && command -v systemd-run > /dev/null || return 1
  [ -e "/var/lib/systemd/linger/$(id -un)" ] || return 1
  XDG_RUNTIME_DIR=\${XDG_RUNTIME_DIR:-/run/user/$(id -u)}
  export XDG_RUNTIME_DIR
  [ -d "$XDG_RUNTIME_DIR" ]
}

if [ ! -d "$run" ]; then
  try mkdir -p "$new"
  try fill
  # Another call may have been faster: then this one lands in its folder, and goes.
  mv "$new" "$run" 2>/dev/null
  rm -rf "$new" "$run/\${new##*/}" "$run/bundle"
fi
if [ -e "$run/unclaimed" ]; then
  lingering=
  is_lingering && lingering=lingering
  set -- sh "$run/supervisor.sh" "$run" "$mask" $lingering
  command -v setsid > /dev/null && set -- setsid "$@"
  # Ends when the supervisor lets go of 3: it has said what became of the start, or that is slow.
  : "$("$@" 3>&1 < /dev/null > /dev/null 2>&1 &)"
fi

tries=0
while [ ! -e "$run/pid" ] && [ ! -e "$run/exit" ] && [ "$tries" -lt 1000 ]; do
  sleep 0.01 2>/dev/null || { sleep 1; tries=$(( tries + 99 )); }
  tries=$(( tries + 1 ))
done
end
`

/**
 * Starts a run, once: a call for one that was started before starts nothing and tells its facts. It
 * may be repeated after a lost connection. A run that could not start is `ended` with `launch_failed`
 * and why; where not even its folder could be made, only this answer says so.
 * @throws DgxError as runReport; invalid_request for a spec that no shell can hold
 */
export async function launchRun(
  host: HostPool,
  spec: RunSpec,
  signal?: AbortSignal,
): Promise<RunFacts> {
  const run = runFolder(spec)
  const bundle = Object.entries(bundleFiles(spec))
    .map(([name, text]) => `printf %s ${quote(text)} > "$new/${name}"`)
    .join(' && ')
  const settings = [
    `id=${quote(runName(spec))}`,
    `run=${quotePath(run)}`,
    `new=${quotePath(`${jobFolder(spec.job_id)}/new-${randomBytes(6).toString('hex')}`)}`,
    `size=${Buffer.byteLength(bundle)}`,
  ]
  const { report, failure } = await runReport(host, {
    script: `${settings.join('\n')}\n${LAUNCH}`,
    stdin: bundle,
    timeoutMs: TIMEOUT_MS,
    signal,
  })
  const facts = factsOf(report, spec)
  if (failure === null) return facts
  const message = `The run's folder ${run} could not be made on ${host.target.hostname}: ${failure}`
  return {
    ...facts,
    state: 'ended',
    ended_at_ms: report.now.here_ms,
    exit: { code: null, signal: null, reason: 'launch_failed', message },
  }
}
