import { exec } from '../../ssh/exec'
import type { HostPool } from '../../ssh/host-pool'
import { quotePath } from '../../ssh/remote-command'
import { JOBS_FOLDER, jobFolder } from './paths'

/** A slow disk with much on it goes on at the next call. */
const TIMEOUT_MS = 60_000

/** Reads names, and says which folders are gone. Without its home folder a machine says nothing. */
const REMOVE = `
cd || exit
jobs=${quotePath(JOBS_FOLDER)}
while read -r job; do
  rm -rf "$jobs/$job"
  [ -e "$jobs/$job" ] || echo "gone $job"
done`

/**
 * Removes the folders of jobs, logs and checkpoints included. Stop their runs first.
 * @returns the jobs of which no folder is left
 * @throws DgxError not_connected, too_busy, connection_lost; the signal's reason when it aborts
 */
export async function removeRuns(
  host: HostPool,
  jobIds: readonly string[],
  signal?: AbortSignal,
): Promise<string[]> {
  const names = jobIds.map((id) => `${jobFolder(id).slice(JOBS_FOLDER.length + 1)}\n`)
  const { stdout } = await exec(
    host,
    {
      command: REMOVE,
      stdin: names.join(''),
      timeout_ms: TIMEOUT_MS,
      max_output_bytes: 1024 * 1024,
    },
    signal,
  )
  const lines = new Set(stdout.split('\n'))
  return jobIds.filter((id) => lines.has(`gone ${id}`))
}
