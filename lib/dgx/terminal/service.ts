import type { Caller } from '../caller'
import { requireHost } from '../connections/service'
import { DgxError } from '../errors'
import { runtime } from '../runtime'
import { allowTerminal } from '../safety/gate'
import type { TerminalSize } from '../ssh/connection'
import type { ClientChannel } from '../ssh/host-pool'

/** How a shell ended; both null when it was hung up by us. */
export type TerminalExit = { exit_code: number | null; signal: string | null }

/** A login shell on a machine. */
export type Terminal = {
  /** Types into it. A promise when the shell does not read: it resolves once it does. */
  write(bytes: Uint8Array): undefined | Promise<void>
  resize(size: TerminalSize): void
  /** Hangs up: the shell and its jobs get SIGHUP, as when a terminal window is closed. */
  close(): void
  /** @throws DgxError connection_lost, machine_read_only when it became so */
  ended: Promise<TerminalExit>
}

/** A terminal that may have to end before its user wants it. */
export type OpenTerminal = { connectionId: string; end: (why: DgxError) => void }

/**
 * Opens a login shell on a terminal of its own.
 * @param options.onOutput takes what the terminal shows; a promise holds the machine back until
 *   it resolves, so that endless output costs no memory here
 * @throws DgxError connection_not_found, not_connected, too_busy, terminal_refused, connection_lost,
 *   machine_read_only, person_required
 */
export async function openTerminal(
  options: {
    id: string
    caller: Caller
    onOutput: (bytes: Buffer) => undefined | Promise<void>
    signal?: AbortSignal
  } & TerminalSize,
): Promise<Terminal> {
  const { id, caller, cols, rows, signal, onOutput } = options
  const { connection, host } = await requireHost(id)
  allowTerminal(connection, caller)
  const { channel, release, hangUp } = await host.openShell({ cols, rows }, { signal })
  let isHungUp = false
  const show = (bytes: Buffer) => {
    const held = isHungUp ? undefined : onOutput(bytes)
    if (!held) return
    channel.pause()
    const resume = () => void channel.resume()
    held.then(resume, resume)
  }
  channel.on('data', show)
  // Empty with a terminal, but unread it would hold the channel.
  channel.stderr.on('data', show)
  channel.on('error', () => {})
  const close = () => {
    isHungUp = true
    hangUp()
  }
  let ending: DgxError | null = null
  const open: OpenTerminal = {
    connectionId: connection.id,
    end: (why) => {
      ending = why
      close()
    },
  }
  const { terminals } = runtime()
  terminals.add(open)
  const ended = new Promise<TerminalExit>((resolve, reject) => {
    channel.once('close', (code?: number | null, name?: string) => {
      release()
      terminals.delete(open)
      if (ending) {
        reject(ending)
        return
      }
      if (typeof code === 'number' || name || isHungUp) {
        resolve({ exit_code: code ?? null, signal: name?.replace(/^SIG/, '') ?? null })
        return
      }
      reject(
        new DgxError(
          'connection_lost',
          `The connection to ${host.target.hostname} was lost, and this shell with it. Open a new one once the machine is connected again.`,
        ),
      )
    })
  })
  // The caller may hang up before it looks at the end.
  ended.catch(() => {})
  if (signal?.aborted) close()
  return {
    // A shell that is ending takes nothing, and would never say that it had.
    write: (bytes) => (!channel.writable || channel.write(bytes) ? undefined : drained(channel)),
    resize: (size) => channel.setWindow(size.rows, size.cols, 0, 0),
    close,
    ended,
  }
}

function drained(channel: ClientChannel): Promise<void> {
  return new Promise((resolve) => {
    channel.once('drain', resolve)
    channel.once('close', () => resolve())
  })
}
