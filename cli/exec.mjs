/** `dgx exec HOST -- COMMAND`. */
import { constants } from 'node:os'

/** @typedef {import('./main.mjs').Context} Context */

/** One word is text for the remote shell, as with ssh; several are arguments. @param {string[]} words */
export const commandOf = (words) => (words.length === 1 ? words[0] : words)

/** `A=1` pairs. @param {string[]} pairs */
export function environmentOf(pairs) {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      return at < 0 ? [pair, process.env[pair] ?? ''] : [pair.slice(0, at), pair.slice(at + 1)]
    }),
  )
}

/** As a shell tells a signal: 128 and its number. @param {string} name without `SIG` */
export function signalCode(name) {
  const number = Reflect.get(constants.signals, `SIG${name}`)
  return 128 + (typeof number === 'number' ? number : 0)
}

/** What `timeout` exits with. */
export const TIMED_OUT = 124

/**
 * Runs a command with its output here; its exit code is ours, 128 and the signal's number for a
 * signal, 124 for the timeout. Ctrl+C ends it there.
 * @param {Context} context
 * @returns {Promise<number>}
 */
export async function exec({ client, print, json, options, positionals, rest, signal }) {
  const [machine = '', ...extra] = positionals
  const body = {
    command: commandOf(rest.length > 0 ? rest : extra),
    ...(options.cwd ? { cwd: options.cwd } : {}),
    ...(options.env ? { env: environmentOf(options.env) } : {}),
    ...(options.timeout ? { timeout_ms: Math.round(options.timeout * 1000) } : {}),
    ...(options.login ? { login_shell: true } : {}),
    ...(options.stdin ? { stdin: await readAll(process.stdin) } : {}),
  }
  const path = `exec/${encodeURIComponent(machine)}`
  if (json) {
    const { data } = await client.call('POST', path, { body, signal })
    print(JSON.stringify(data, null, 2))
    return exitCodeOf(data)
  }
  for await (const event of client.stream('POST', path, { body, signal })) {
    if (event.type === 'stdout') process.stdout.write(event.data)
    else if (event.type === 'stderr') process.stderr.write(event.data)
    else if (event.type === 'exit') return exitCodeOf(event)
  }
  return 255
}

/** @param {{code: number | null, signal: string | null, timed_out: boolean}} exit */
function exitCodeOf({ code, signal, timed_out }) {
  if (timed_out) return TIMED_OUT
  return signal ? signalCode(signal) : (code ?? 255)
}

/** @param {NodeJS.ReadableStream} stream */
async function readAll(stream) {
  let text = ''
  stream.setEncoding('utf8')
  for await (const chunk of stream) text += chunk
  return text
}
