import type { HostPool } from '../../ssh/host-pool'
import { quotePath } from '../../ssh/remote-command'
import { factsOf } from './facts'
import { JOBS_FOLDER, runName } from './paths'
import { runReport } from './report'
import type { RunFacts, RunRef } from './types'

const TIMEOUT_MS = 30_000

/** Reads `job/attempt` a line and reports them, so many at once that the arguments fit. */
const PROBE = `
cd ${quotePath(JOBS_FOLDER)} 2>/dev/null
while read -r line; do
  set -- "$@" "$line"
  [ "$#" -lt 500 ] || { report "$@"; set --; }
done
[ "$#" -eq 0 ] || report "$@"
report_end
`

/**
 * What a machine says of runs, in their order. One command for any number of them.
 * @throws DgxError as runReport: when the machine does not answer, nothing is known, and nothing ended
 */
export async function probeRuns(
  host: HostPool,
  refs: readonly RunRef[],
  signal?: AbortSignal,
): Promise<RunFacts[]> {
  if (refs.length === 0) return []
  const lines = refs.map((ref) => `${runName(ref)}\n`)
  const { report } = await runReport(host, {
    script: PROBE,
    stdin: lines.join(''),
    timeoutMs: TIMEOUT_MS,
    signal,
  })
  return refs.map((ref) => factsOf(report, ref))
}
