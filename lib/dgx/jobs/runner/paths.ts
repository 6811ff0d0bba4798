import type { RunRef } from './types'

/** Where jobs live on a machine. `~` is for `quotePath`, which puts a path into a shell command. */
export const JOBS_FOLDER = '~/.dgx-command-center/jobs'

/** The files of a run that others read. The scripts beside them are the runner's own. */
export const RUN_FILES = {
  stdout: 'stdout.log',
  stderr: 'stderr.log',
  metrics: 'metrics.jsonl',
} as const

/** Where a command starts: a relative path begins at the home folder, as for every command of SSH. */
export function workingFolder(path: string | null): string {
  if (path === null) return '~'
  return /^(\/|~$|~\/)/.test(path) ? path : `~/${path}`
}

/**
 * A job's folder, shared by its attempts: `DGX_JOB_DIR`.
 * @throws RangeError for an id that is no plain name
 */
export function jobFolder(jobId: string): string {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(jobId)) throw new RangeError(`"${jobId}" is no id of a job`)
  return `${JOBS_FOLDER}/${jobId}`
}

/** The folder of one attempt, mode 0700. */
export function runFolder({ job_id, attempt }: Pick<RunRef, 'job_id' | 'attempt'>): string {
  if (!Number.isInteger(attempt) || attempt < 1) {
    throw new RangeError(`${attempt} is no number of an attempt`)
  }
  return `${jobFolder(job_id)}/${attempt}`
}

/** `job/attempt`: where it is in the folder of all jobs. */
export function runName(run: Pick<RunRef, 'job_id' | 'attempt'>): string {
  return runFolder(run).slice(JOBS_FOLDER.length + 1)
}
