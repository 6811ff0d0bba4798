import { isCount, isSecretName } from './secret-names'

/**
 * Takes secrets out of what people and programs type, so that the rest can be kept and read. It
 * knows secrets by the name in front of them, by the way they are handed over and by their own
 * form; one that has none of these cannot be told from other text.
 *
 * Every pattern here takes linear time: it starts only where a run of its characters starts (the
 * look-behinds), and repeats only what cannot be read in two ways.
 */
export const MASK = '***'

const KEY_BLOCK =
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----|$)/g

/** Forms that say what they are, also behind the `\n` of an escaped text. */
const TOKENS = new RegExp(
  `(?:(?<![\\w-])|(?<=\\\\[nrt]))(?:${[
    'hf_[A-Za-z0-9]{8,}',
    'sk-[\\w-]{8,}',
    '[sr]k_(?:live|test)_\\w{8,}',
    'gh[a-z]_\\w{8,}',
    'github_pat_\\w{8,}',
    'glpat-[\\w-]{8,}',
    'nvapi-[\\w-]{8,}',
    'npm_[A-Za-z0-9]{20,}',
    'pypi-[\\w-]{16,}',
    'A(?:KIA|SIA)[A-Z0-9]{12,}',
    'AIza[\\w-]{30,}',
    'xox[a-z]-[\\w-]{8,}',
    'eyJ[\\w-]{8,}\\.[\\w-]{4,}(?:\\.[\\w-]*)?',
    'dgx_\\w{1,40}_[\\w-]{8,}',
    'wandb_v1_\\w{8,}',
  ].join('|')})`,
  'g',
)

/** The password of an address: `https://user:pass@host`. */
const USERINFO = /(:\/\/[^\s/:@'"]{0,200}:)[^\s/@'"]{1,500}(?=@)/g

/** What is handed over without a name: `Bearer x`, `curl -u user:x`, `wandb login x`, `sshpass -p x`. */
const UNNAMED = [
  /(?<![\w-])((?:bearer|basic)[ \t]{1,8})[\w.~+/=-]{8,}/gi,
  /(?<![\w-])((?:-u|--user|--proxy-user)[ =]?['"]?[^\s:'"-][^\s:'"]{0,200}:)[^\s'"]+/g,
  /(\bwandb[ \t]{1,8}login[ \t]{1,8}(?:--?[\w-]{1,40}[ \t]{1,8}){0,4})[\w-]{20,}/g,
  /(\b(?:sshpass|login|mysql\w{0,20}|mariadb)\b[^\n;&|]{0,80}?[ \t]-p[ \t]?)(?:'[^']*(?:'|$)|"[^"]*(?:"|$)|[^\s'"-][^\s'";&|]*)/g,
  /(?<![\w-])((?:set-)?cookie:[ \t]{0,8})[^"'\r\n]+/gi,
]

/** `text` with its secrets as `***`. */
export function maskText(text: string): string {
  let masked = text.replace(KEY_BLOCK, MASK)
  masked = maskNamed(masked)
  masked = masked.replace(TOKENS, MASK).replace(USERINFO, `$1${MASK}`)
  for (const pattern of UNNAMED) masked = masked.replace(pattern, `$1${MASK}`)
  return masked
}

/** A name and what leads to its value: `X=`, `"x": `, `['x'] = `, `x: Bearer `, `--x `. */
const NAMED =
  /(?<![\w-])([\w-]+)(\\?["'])?\]?(?:([+?:]?={1,2}|[ \t]{1,4}={1,2}[ \t]{1,4})|([ \t]{0,4}:[ \t]{0,4}(?:(?:bearer|basic|token)[ \t]{1,4})?)|((?:[ \t]|\\\r?\n){1,64}))/gi

/** One word of a shell, of plain and quoted pieces; a quote that is not closed goes to the end. */
const SHELL_WORD =
  /(?:'[^']*(?:'|$)|"[^"\\]*(?:\\[\s\S][^"\\]*)*(?:"|\\?$)|\\(?:[\s\S]|$)|[^\s'"\\;&|<>()])+/y
/** The same inside of quotes, which end it. `;` and the like may be a part of it there. */
const IN_DOUBLE =
  /(?:'[^'"]*(?:'|(?=")|$)|\\"[^"\\]*(?:\\[^"][^"\\]*)*(?:\\"|(?=")|\\?$)|\\(?:[\s\S]|$)|[^\s'"\\])+/y
const IN_SINGLE = /(?:"[^"']*(?:"|(?=')|$)|\\(?:[^']|(?=')|$)|[^\s'"\\])+/y
/** A value of JSON, YAML or a header. */
const AFTER_COLON =
  /'[^']*(?:'|$)|\\"[^"\\]*(?:\\[^"][^"\\]*)*(?:\\"|(?=")|\\?$)|"[^"\\]*(?:\\[\s\S][^"\\]*)*(?:"|\\?$)|(?:[^\s'"\\]|\\(?:[^'"]|$))+/y

function maskNamed(text: string): string {
  const quoteAt = quoteTracker(text)
  let masked = ''
  let done = 0
  for (const match of text.matchAll(NAMED)) {
    const [whole, name = '', quote, , colon, space] = match
    // What is inside of a value is masked with it.
    if (match.index < done || !isSecretName(name)) continue
    const isAlone = space !== undefined && (quote || !leadsToNext(text, match.index, name))
    if (isAlone) continue
    const start = match.index + whole.length
    const value = valueAt(text, start, colon === undefined ? quoteAt(start) : ':')
    if (value === '' || isCount(name, value)) continue
    // `--password-stdin --user x`: another option is no value.
    if (space !== undefined && value.startsWith('-')) continue
    masked += text.slice(done, start) + MASK
    done = start + value.length
  }
  return masked + text.slice(done)
}

/** Without a sign a value follows only an option, or the variable that fish and tcsh set. */
function leadsToNext(text: string, index: number, name: string): boolean {
  const before = text.slice(Math.max(0, index - 40), index)
  return isOption(name) || /\bset(?:env)?[ \t]+(?:--?\w+[ \t]+){0,3}$/.test(before)
}

const isOption = (name: string) => name.startsWith('-') && name.length > 2

/** @param within the quote that is open there, `:` behind a colon */
function valueAt(text: string, start: number, within: string): string {
  // A quote that ends at once leaves the rest of the word outside.
  const pattern = text[start] === within ? SHELL_WORD : (VALUES[within] ?? SHELL_WORD)
  pattern.lastIndex = start
  return pattern.exec(text)?.[0] ?? ''
}

const VALUES: Record<string, RegExp> = { ':': AFTER_COLON, '"': IN_DOUBLE, "'": IN_SINGLE }

/** Says for rising positions which quote of a shell is open there, `''` for none. */
function quoteTracker(text: string): (position: number) => string {
  let at = 0
  let open = ''
  return (position) => {
    for (; at < position; at += 1) {
      const character = text[at]
      if (character === '\\' && open !== "'") at += 1
      else if (open === '' && (character === "'" || character === '"')) open = character
      else if (character === open) open = ''
    }
    return open
  }
}

/** Fields whose values are never kept, whatever they hold. */
const WITHHELD = new Set(['env', 'stdin', 'passphrase', 'password'])

/** JSON with its secrets as `***`: in texts, and in fields whose name says so. */
export function maskJson(value: unknown, name = ''): unknown {
  if (value === null || value === undefined || typeof value === 'boolean') return value
  if (Array.isArray(value)) {
    return value.map((item, i) => {
      const before: unknown = value[i - 1]
      // The arguments of a command as a list.
      const isOptions = typeof before === 'string' && isOption(before) && isSecretName(before)
      const isValue = isOptions && typeof item === 'string' && !item.startsWith('-')
      return isValue && !before.includes('=') ? MASK : maskJson(item, name)
    })
  }
  if (typeof value === 'object') {
    const isSecret = isSecretName(name)
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        maskText(key),
        isSecret || WITHHELD.has(name) ? MASK : maskJson(inner, key),
      ]),
    )
  }
  if (WITHHELD.has(name) || (isSecretName(name) && !isCount(name, String(value)))) return MASK
  return typeof value === 'string' ? maskText(value) : value
}
