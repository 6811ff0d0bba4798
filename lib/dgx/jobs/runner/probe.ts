import type { HostPool } from '../../ssh/host-pool'
import { quotePath } from '../../ssh/remote-command'
import { factsOf } from './facts'
import { JOBS_FOLDER, runFolder } from './paths'
import { runReport } from './report'
import type { RunFacts, RunRef } from './types'

const TIMEOUT_MS = 30_000

/** Reads `job/attempt` a line and reports each. */
const PROBE = `
cd ${quotePath(JOBS_FOLDER)} 2>/dev/null
number=0
while read -r run; do
  report "$number" "$run"
  number=$(( number + 1 ))
done
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
  const lines = refs.map((ref) => `${runFolder(ref).slice(JOBS_FOLDER.length + 1)}\n`)
  const { report } = await runReport(host, {
    script: PROBE,
    stdin: lines.join(''),
    timeoutMs: TIMEOUT_MS,
    signal,
  })
  return refs.map((ref, i) => factsOf(report, i, ref))
}
