import { requireHost } from '../connections/service'
import { isDgxError } from '../errors'
import { runtime } from '../runtime'
import { type Asker, askPerson, checkCommand } from '../safety/gate'
import type { BackgroundCommand } from './background'
import { type ExecInput, execInput } from './schema'

/**
 * Starts a command that goes on without its caller, and waits a while for its end. A caller that
 * hangs up within that time ends it, as it never got to know the command's id.
 * @throws DgxError connection_not_found, ambiguous_name, too_busy, what the start failed with, and as
 *   `checkCommand` and `askPerson`
 */
export async function startCommand(
  options: { id: string; wait_ms: number; signal: AbortSignal } & Asker &
    Pick<ExecInput, 'command'> &
    Partial<Pick<ExecInput, 'cwd' | 'env' | 'login_shell' | 'timeout_ms'>>,
): Promise<BackgroundCommand> {
  const { id, wait_ms, caller, signal, onAllowed, ...input } = options
  const { commands } = runtime()
  const machine = await requireHost(id)
  const wish = { ...input, machine: machine.connection }
  const pattern = checkCommand(wish)
  const ask = (pattern: string) => (signal: AbortSignal) =>
    askPerson({ ...wish, pattern, caller, signal, onAllowed })
  const hold = pattern === null ? null : { pattern, ask: ask(pattern) }
  const started = commands.start(machine, execInput.parse(input), hold)
  const command = await commands.wait(started.id, wait_ms, signal)
  if (signal.aborted) return commands.end(command.id)
  return known(command)
}

/**
 * A command that was started, after waiting for its end for a while.
 * @throws DgxError not_found, and what the command failed with, such as connection_lost
 */
export async function waitForCommand(options: {
  command_id: string
  wait_ms: number
  signal: AbortSignal
}): Promise<BackgroundCommand> {
  return known(await runtime().commands.wait(options.command_id, options.wait_ms, options.signal))
}

/** Ends a command: TERM to its process group, KILL after 5 s. @throws DgxError not_found */
export async function stopCommand(options: { command_id: string }): Promise<BackgroundCommand> {
  return runtime().commands.end(options.command_id)
}

function known(command: BackgroundCommand): BackgroundCommand {
  const error = command.end?.error
  // What a lost connection left behind can still be read.
  const hasOutput = command.stdout.totalBytes + command.stderr.totalBytes > 0
  if (error && !(isDgxError(error) && error.code === 'connection_lost' && hasOutput)) throw error
  return command
}
