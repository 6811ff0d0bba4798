/** The command line of DGX Command Center: it speaks the public API of a running app, and no more. */
import { parseArgs } from 'node:util'
import { isBrokenOff } from './again.mjs'
import { ApiFailure, Client, UsageFailure, version } from './client.mjs'
import { COMMANDS } from './commands.mjs'

/**
 * What a command gets.
 * @typedef {object} Context
 * @property {Client} client
 * @property {(text: string) => void} print a line to standard output
 * @property {boolean} json
 * @property {Record<string, any>} options
 * @property {string[]} positionals
 * @property {string[]} rest what stands behind `--`
 * @property {AbortSignal} signal of Ctrl+C
 */

/** @typedef {import('./commands.mjs').Option} Option */
/** @typedef {import('./commands.mjs').Command} Command */

/** @type {Record<string, Option>} */
const SHARED = {
  json: { type: 'boolean', help: 'print the answer as JSON' },
  url: { type: 'string', value: 'URL', help: 'where the app is (DGX_URL; http://127.0.0.1:3939)' },
  key: { type: 'string', value: 'KEY', help: 'API key (DGX_API_KEY)' },
  help: { type: 'boolean', short: 'h', help: 'print this' },
}

const USAGE = 2
/** What a shell makes of Ctrl+C. */
const INTERRUPTED = 130

/** @param {Record<string, Option>} options */
function optionLines(options) {
  return Object.entries(options).map(([name, { short, value, help }]) => {
    const flags = `${short ? `-${short}, ` : '    '}--${name}${value ? ` ${value}` : ''}`
    return `  ${flags.padEnd(26)}  ${help}`
  })
}

function overview() {
  const width = Math.max(...Object.values(COMMANDS).map(({ usage }) => usage.length))
  return [
    'dgx: machines, GPUs and jobs of a running DGX Command Center',
    '',
    ...Object.values(COMMANDS).map(({ usage, help }) => `  ${usage.padEnd(width)}  ${help}`),
    '',
    ...optionLines({ ...SHARED, version: { type: 'boolean', help: 'print the version' } }),
    '',
    '"dgx COMMAND --help" has the options of one.',
  ].join('\n')
}

/** @param {Command} command */
function helpOf({ usage, help, options = {} }) {
  return [`${usage}\n\n${help}\n`, ...optionLines({ ...options, ...SHARED })].join('\n')
}

/**
 * @param {string[]} argv without the program
 * @returns {Promise<number>} the exit code
 */
export async function main(argv) {
  const [name, ...words] = argv
  const command = Object.hasOwn(COMMANDS, name ?? '') ? COMMANDS[name ?? ''] : undefined
  if (name === '--version') {
    console.log(version)
    return 0
  }
  if (!command) {
    const isHelp = name === undefined || ['help', '--help', '-h'].includes(name)
    if (isHelp) console.log(overview())
    else if (name?.startsWith('-'))
      console.error(`dgx: options such as ${name} come after the command: dgx ls --json.`)
    else console.error(`dgx: there is no command "${name}". "dgx help" lists them.`)
    return isHelp ? 0 : USAGE
  }
  const end = words.indexOf('--')
  const rest = end < 0 ? [] : words.slice(end + 1)
  /** @type {{values: Record<string, any>, positionals: string[]}} */
  let parsed
  try {
    parsed = parseArgs({
      args: end < 0 ? words : words.slice(0, end),
      options: { ...command.options, ...SHARED },
      allowPositionals: true,
    })
  } catch (error) {
    // Node goes on about words that begin with a dash.
    const [said] = (error instanceof Error ? error.message : String(error)).split('. To specify')
    console.error(`dgx: ${said}. "dgx ${name} --help" lists its options.`)
    return USAGE
  }
  const { values, positionals } = parsed
  for (const [key, { isNumber }] of Object.entries(command.options ?? {})) {
    const said = values[key]
    if (!isNumber || said === undefined) continue
    values[key] = Number(said.trim() || Number.NaN)
    if (Number.isFinite(values[key])) continue
    console.error(`dgx: --${key} must be a number, not "${said}".`)
    return USAGE
  }
  if (values.help) {
    console.log(helpOf(command))
    return 0
  }
  if (!command.takes(positionals, rest)) {
    console.error(`dgx: something is missing or too much. It is: ${command.usage}`)
    return USAGE
  }
  const interrupt = new AbortController()
  process.once('SIGINT', () => interrupt.abort())
  try {
    const code = await command.run({
      client: new Client({
        url: values.url ?? process.env.DGX_URL,
        key: values.key ?? process.env.DGX_API_KEY ?? process.env.API_SERVER_KEY,
      }),
      print: (text) => console.log(text),
      json: values.json ?? false,
      options: values,
      positionals,
      rest,
      signal: interrupt.signal,
    })
    return code ?? 0
  } catch (error) {
    if (interrupt.signal.aborted) return INTERRUPTED
    if (error instanceof UsageFailure) {
      console.error(`dgx: ${error.message}`)
      return USAGE
    }
    if (!(error instanceof ApiFailure || isBrokenOff(error))) throw error
    console.error(
      error instanceof ApiFailure
        ? `dgx: ${error.message}`
        : 'dgx: The answer broke off: the app has ended. What was asked for may have been done: look before doing it again.',
    )
    return command.failureCode ?? 1
  }
}
