import { DgxError } from '../../errors'
import { exec } from '../../ssh/exec'
import type { HostPool } from '../../ssh/host-pool'
import { quotePath } from '../../ssh/remote-command'
import { JOBS_FOLDER, jobFolder } from './paths'

const TIMEOUT_MS = 60_000

/**
 * Removes the folders of jobs, logs and checkpoints included. Stop their runs first.
 * @throws DgxError not_connected, too_busy, connection_lost; exec_failed when something stays
 */
export async function removeRuns(host: HostPool, jobIds: readonly string[]): Promise<void> {
  if (jobIds.length === 0) return
  const names = jobIds.map((id) => `${jobFolder(id).slice(JOBS_FOLDER.length + 1)}\n`)
  const result = await exec(host, {
    command: `cd ${quotePath(JOBS_FOLDER)} 2>/dev/null || exit 0; code=0; while read -r job; do rm -rf "$job" || code=1; done; exit $code`,
    stdin: names.join(''),
    timeout_ms: TIMEOUT_MS,
    max_output_bytes: 64 * 1024,
  })
  if (result.code === 0) return
  throw new DgxError(
    'exec_failed',
    `Not all job folders on ${host.target.hostname} could be removed: ${result.stderr.trim() || 'it took too long'}`,
  )
}
