import { DgxError } from '../../errors'
import { BoundedQueue } from '../../exec/bounded-queue'
import { runtime } from '../../runtime'
import { runCommand } from '../../ssh/exec'
import { sh } from '../../ssh/quote'
import { RUN_FILES, runFolder } from '../runner/paths'
import { readFiles } from './remote-files'
import { connectedHost, findLogRun, logGone, logPath } from './run'
import type { LogDownloadQuery } from './schema'

/** Held for a slow reader before the machine is made to wait. */
const MAX_HELD_BYTES = 1024 * 1024
const TIMEOUT_MS = 24 * 3_600_000

/**
 * The whole log of a run as it is now, from an offset on.
 * @returns `bytes` gives exactly `size_bytes`, or throws; leaving the loop ends the transfer
 * @throws DgxError job_not_found, ambiguous_name, job_not_managed, attempt_not_found, not_connected,
 *   log_gone, too_busy, connection_lost
 */
export async function downloadLog(
  options: { id: string; signal: AbortSignal } & LogDownloadQuery,
): Promise<{
  file_name: string
  size_bytes: number
  bytes: AsyncGenerator<Buffer, void, undefined>
}> {
  const { stream, offset, signal } = options
  const run = await findLogRun(options)
  const file_name = `${run.job_name}-${Math.max(1, run.attempt)}-${stream}.log`
  if (run.attempt === 0) return { file_name, size_bytes: 0, bytes: nothing() }
  const host = connectedHost(runtime().hosts, run.connection_id)
  if (!host) {
    throw new DgxError(
      'not_connected',
      `The machine of "${run.job_name}" is not connected, and only the end of its log is kept here: GET /api/dgx/jobs/${run.job_id}/logs has that. Connect the machine to download all.`,
    )
  }
  const [file] = await readFiles(
    host,
    [{ path: logPath(run, stream), from: 0, max_bytes: 0 }],
    signal,
  )
  if (file?.state !== 'there') {
    if (run.is_starting || (file?.state === 'absent' && run[`${stream}_bytes`] === 0)) {
      return { file_name, size_bytes: 0, bytes: nothing() }
    }
    throw logGone(run)
  }
  const size_bytes = Math.max(0, file.size - offset)
  if (size_bytes === 0) return { file_name, size_bytes, bytes: nothing() }

  const hangUp = new AbortController()
  const queue = new BoundedQueue<Buffer>(MAX_HELD_BYTES)
  let given = 0
  const transfer = runCommand(
    host,
    {
      cwd: runFolder(run),
      command: sh`tail -c +${offset + 1} ${RUN_FILES[stream]} | head -c ${size_bytes}`,
      timeout_ms: TIMEOUT_MS,
    },
    {
      kind: 'stream',
      signal: AbortSignal.any([signal, hangUp.signal]),
      sink: (from, chunk) => {
        if (from === 'stderr') return undefined
        given += chunk.length
        return queue.push(chunk, chunk.length)
      },
    },
  ).then(() => {
    if (given === size_bytes) return queue.end()
    throw new DgxError(
      'connection_lost',
      `The log of "${run.job_name}" broke off after ${given} of ${size_bytes} bytes. Go on with ?offset=${offset + given}.`,
    )
  })
  transfer.catch((error: unknown) => queue.fail(error))
  await queue.hasFirst
  const bytes = (async function* () {
    try {
      yield* queue.items()
    } finally {
      hangUp.abort(new Error('the caller hung up'))
    }
  })()
  return { file_name, size_bytes, bytes }
}

async function* nothing(): AsyncGenerator<Buffer, void, undefined> {}
