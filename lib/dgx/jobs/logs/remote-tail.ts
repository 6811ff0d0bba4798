import { randomBytes } from 'node:crypto'
import type { HostPool } from '../../ssh/host-pool'
import { quotePath, remoteCommand } from '../../ssh/remote-command'
import { RUN_FILES, runFolder } from '../runner/paths'
import type { LogStream } from './schema'

/** Offsets in both files of a run. */
export type LogPosition = Record<LogStream, number>

/** After it was asked to end, how long to wait before the channel is given up. */
const CLOSE_GRACE_MS = 5_000

/**
 * Follows both logs of a run on one channel: each comes on the channel's stream of the same name, so
 * that bytes need no framing. It ends when `signal` aborts, and on the machine also when the
 * connection is lost, because the script waits for the end of its input.
 * @param options.onBytes a promise holds the machine back until it resolves
 * @returns `closed` resolves when the channel is gone, whyever
 * @throws DgxError not_connected, too_busy, connection_lost; the signal's reason
 */
export async function openRemoteTail(options: {
  host: HostPool
  run: { job_id: string; attempt: number }
  from: LogPosition
  onBytes: (stream: LogStream, bytes: Buffer) => undefined | Promise<void>
  /** For the time until the channel is open. */
  openSignal: AbortSignal
  signal: AbortSignal
}): Promise<{ closed: Promise<void> }> {
  const { host, run, from, onBytes, signal } = options
  const marker = `@${randomBytes(8).toString('hex')}\n`
  const script = tailScript(run, from, marker.trimEnd())
  const { channel, release } = await host.openCommand(remoteCommand(script), {
    kind: 'stream',
    signal: options.openSignal,
  })
  const sources = { stdout: channel, stderr: channel.stderr }
  for (const stream of ['stdout', 'stderr'] as const) {
    // A shell's start-up files may print before; what counts comes after the marker.
    const afterMarker = skipTo(marker)
    sources[stream].on('data', (chunk: Buffer) => {
      const bytes = afterMarker(chunk)
      const held = bytes.length > 0 && !signal.aborted ? onBytes(stream, bytes) : undefined
      if (!held) return
      // One stream may be held while the other one goes on, as long as the window lasts.
      sources[stream].pause()
      const resume = () => void sources[stream].resume()
      held.then(resume, resume)
    })
  }
  channel.on('error', () => {})
  let closing: NodeJS.Timeout | undefined
  const end = () => {
    channel.end()
    // A paused reader would never see the end.
    channel.resume()
    channel.stderr.resume()
    closing = setTimeout(() => channel.close(), CLOSE_GRACE_MS)
  }
  signal.addEventListener('abort', end, { once: true })
  const closed = new Promise<void>((resolve) => {
    channel.once('close', () => {
      clearTimeout(closing)
      signal.removeEventListener('abort', end)
      release()
      resolve()
    })
  })
  if (signal.aborted) end()
  return { closed }
}

/** `-s`: how often tail looks where it cannot be told of changes (NFS); only GNU's takes fractions. */
function tailScript(
  run: { job_id: string; attempt: number },
  from: LogPosition,
  marker: string,
): string {
  const tail = (stream: LogStream) => `tail -c +${from[stream] + 1} $s -F ${RUN_FILES[stream]}`
  return [
    `cd -- ${quotePath(runFolder(run))}||exit`,
    `echo ${marker};echo ${marker} >&2`,
    `s=;tail --version >/dev/null 2>&1&&s='-s 0.1'`,
    `{ ${tail('stdout')} 2>/dev/null& a=$!;}`,
    `{ ${tail('stderr')} >&2 2>/dev/null& b=$!;}`,
    'cat >/dev/null',
    'kill $a $b 2>/dev/null',
    'exit 0',
  ].join(';')
}

/** A function that gives what comes after the first `marker`. */
function skipTo(marker: string): (chunk: Buffer) => Buffer {
  let before: Buffer | null = Buffer.alloc(0)
  return (chunk) => {
    if (before === null) return chunk
    const bytes = Buffer.concat([before, chunk])
    const at = bytes.indexOf(marker)
    if (at >= 0) {
      before = null
      return bytes.subarray(at + marker.length)
    }
    before = Buffer.from(bytes.subarray(Math.max(0, bytes.length - marker.length)))
    return Buffer.alloc(0)
  }
}
