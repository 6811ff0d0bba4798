import { exec } from '../../ssh/exec'
import type { HostPool } from '../../ssh/host-pool'
import { quotePath } from '../../ssh/remote-command'
import { workingFolder } from './paths'

export type GitFacts = {
  commit: string
  /** True when tracked files differ from the commit. */
  is_dirty: boolean
  /** What differs, as `git diff HEAD` prints it; cut at 256 KiB. Empty when nothing does. */
  diff: string
}

const MAX_DIFF_BYTES = 256 * 1024
/** A working copy that takes longer is not worth holding a start up. */
const TIMEOUT_MS = 10_000

/**
 * What code a run has in front of it. Null where the folder is no working copy with a commit, git is
 * missing, or it takes too long: nothing of it stops a job.
 * @throws DgxError not_connected, too_busy, connection_lost
 */
export async function recordGit(host: HostPool, working_dir: string): Promise<GitFacts | null> {
  const result = await exec(host, {
    command: [
      `cd -- ${quotePath(workingFolder(working_dir))} && git rev-parse --verify HEAD || exit`,
      // Neither locks nor programs of the user's: it only looks.
      `GIT_OPTIONAL_LOCKS=0 git -c core.fsmonitor= -c core.quotePath=false diff --no-ext-diff --no-textconv --no-color HEAD | head -c ${MAX_DIFF_BYTES}`,
    ].join('\n'),
    timeout_ms: TIMEOUT_MS,
    max_output_bytes: 2 * MAX_DIFF_BYTES,
  })
  const commit = /^[0-9a-f]{40,64}\n/.exec(result.stdout)?.[0]
  if (result.code !== 0 || commit === undefined) return null
  const diff = result.stdout.slice(commit.length)
  return { commit: commit.trim(), is_dirty: diff !== '', diff }
}
