/** Whether a name (of a variable, an option, a field) says that its value is a secret. */

/** Wherever they stand in a name: `PGPASSWORD`, `clientSecret`. */
const ANYWHERE =
  /passw(?:or)?d|passphrase|secret|credential|apikey|accesskey|privatekey|token(?!i[sz])/

/** Only as a word of their own: `DB_PASS`, `X_KEY`, but not `keyboard` or `compass`. */
const WORDS = new Set(['key', 'keys', 'pass', 'pwd', 'auth', 'authorization', 'bearer', 'dsn'])

/** What is told of a secret without being one: where it lies, what it is called. */
const LAST_WORDS = new Set(['path', 'file', 'dir', 'name', 'type', 'id', 'count', 'length', 'size'])

/** The shell's own, and a kind of key that everybody may know. */
const HARMLESS = /^(?:old)?pwd$|public_?key/

export function isSecretName(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
  const plain = words.join('_')
  if (HARMLESS.test(plain) || LAST_WORDS.has(words.at(-1) ?? '')) return false
  return ANYWHERE.test(words.join('')) || words.some((word) => WORDS.has(word))
}

/** `max_tokens` counts; `HF_TOKEN` is one. */
export function isCount(name: string, value: string): boolean {
  return /tokens/i.test(name) && /^[\d.]+$/.test(value)
}
