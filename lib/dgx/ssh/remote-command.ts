import { quote } from './quote'

/** Where NVIDIA's and the user's programs are on machines whose sshd gives a bare PATH. */
const PATH_ADDITIONS =
  '/usr/local/cuda/bin /usr/local/nvidia/bin /usr/lib/wsl/lib /opt/bin "$HOME/.local/bin" /opt/conda/bin'

/** Extends PATH by the directories that exist, without a fork. */
export const EXTEND_PATH = `for d in ${PATH_ADDITIONS};do case ":$PATH:" in *":$d:"*);;*)[ -d "$d" ]&&PATH=$PATH:$d;;esac;done;export PATH;unset d`

/**
 * The text to give sshd so that a POSIX script runs whatever the user's login shell is. Inside
 * single quotes only backslashes (fish), newlines and `!` (csh) mean different things to
 * different shells; a script that has none goes as it is, any other as base64.
 */
export function remoteCommand(script: string): string {
  if (!/[\\\n!]/.test(script)) return `exec sh -c ${quoteForAnyShell(script)}`
  const encoded = Buffer.from(script, 'utf8').toString('base64')
  return `exec sh -c 'eval "$(echo ${encoded}|base64 -d)"'`
}

/** As `quote`, but always quoted: `=` or `%` at a word's start means something to some shells. */
function quoteForAnyShell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

export type CommandOptions = {
  command: string
  cwd?: string | undefined
  env?: Record<string, string> | undefined
  /** Runs the user's login shell with `-lc`, so that their profile applies. */
  login_shell?: boolean | undefined
}

/**
 * A script that first says its process group on stderr (`@marker PGID`; sshd makes the session's
 * shell a group leader), then sets PATH, env and working directory, and runs the command.
 */
export function commandScript(options: CommandOptions, marker: string): string {
  const { command, cwd, env = {}, login_shell } = options
  const parts = [`echo @${marker} $$ >&2`, EXTEND_PATH]
  for (const [name, value] of Object.entries(env)) parts.push(`export ${name}=${quote(value)}`)
  if (cwd !== undefined) parts.push(`cd -- ${quotePath(cwd)}||exit`)
  parts.push(
    login_shell ? `exec "\${SHELL:-/bin/sh}" -lc ${quote(command)}` : `eval ${quote(command)}`,
  )
  return parts.join(';')
}

/** `~` keeps its meaning, everything after it is data. */
export function quotePath(path: string): string {
  if (path === '~') return '"$HOME"'
  return path.startsWith('~/') ? `"$HOME"/${quote(path.slice(2))}` : quote(path)
}

/** Ends a process group: TERM, up to `graceS` seconds to leave, then KILL. */
export function killGroupScript(processGroup: number, graceS: number): string {
  const group = `-${Math.trunc(processGroup)}`
  // `kill -TERM -- -1` is not understood by dash; `-s` is by all.
  return [
    `kill -s TERM -- ${group} 2>/dev/null||exit 0`,
    'i=0',
    `while [ $i -lt ${graceS * 10} ]`,
    `do kill -s 0 -- ${group} 2>/dev/null||exit 0`,
    'sleep 0.1 2>/dev/null||sleep 1',
    'i=$((i+1))',
    'done',
    `kill -s KILL -- ${group} 2>/dev/null`,
    'exit 0',
  ].join(';')
}
