/**
 * @typedef {object} Options
 * @property {string} [queryGpu] @property {string} [queryApps] @property {string} [format]
 * @property {string} [id]
 * @property {number} [everyMs] loop mode
 * @property {'help-query-gpu' | 'help-query-compute-apps' | 'version' | 'list'} [show]
 * @property {boolean} isQuery @property {boolean} isXml
 * @property {string} [unknown] the first argument that is no option
 */

const VALUES = /** @type {Record<string, 'queryGpu' | 'queryApps' | 'format' | 'id'>} */ ({
  '--query-gpu': 'queryGpu',
  '--query-compute-apps': 'queryApps',
  '--format': 'format',
  '-i': 'id',
  '--id': 'id',
})
/** Milliseconds of one unit of the argument. */
const LOOPS = /** @type {Record<string, number>} */ ({
  '-l': 1000,
  '--loop': 1000,
  '-lms': 1,
  '--loop-ms': 1,
})
const SHOWS = /** @type {Record<string, Options['show']>} */ ({
  '--help-query-gpu': 'help-query-gpu',
  '--help-query-compute-apps': 'help-query-compute-apps',
  '--version': 'version',
  '-L': 'list',
  '--list-gpus': 'list',
})
const DEFAULT_LOOP = '5'

/** Reads both `--name=value` and `--name value`. @param {readonly string[]} args @returns {Options} */
export function readArguments(args) {
  /** @type {Options} */
  const options = { isQuery: false, isXml: false }
  const rest = [...args]
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const at = arg.indexOf('=')
    const name = at < 0 ? arg : arg.slice(0, at)
    const value = () => (at < 0 ? (rest.shift() ?? '') : arg.slice(at + 1))
    const key = VALUES[name]
    const loop = LOOPS[name]
    if (key) options[key] = value()
    else if (loop) {
      const hasNumber = at >= 0 || /^\d+$/.test(rest[0] ?? '')
      options.everyMs = Number(hasNumber ? value() : DEFAULT_LOOP) * loop
    } else if (SHOWS[name]) options.show = SHOWS[name]
    else if (name === '-q' || name === '--query') options.isQuery = true
    else if (name === '-x' || name === '--xml-format') options.isXml = true
    else options.unknown ??= name
  }
  return options
}
