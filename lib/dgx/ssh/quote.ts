/**
 * The one way to put an argument into a command for a remote shell. Nothing else builds shell
 * text from data.
 */

/**
 * Quotes any string as one word of a POSIX shell.
 * @throws TypeError for a NUL character, which no argument can hold.
 */
export function quote(argument: string): string {
  if (argument.includes('\0'))
    throw new TypeError('a shell argument cannot contain a NUL character')
  if (argument !== '' && /^[A-Za-z0-9_./:@%+,=-]+$/.test(argument) && !argument.startsWith('=')) {
    return argument
  }
  return `'${argument.replaceAll("'", `'\\''`)}'`
}

/** Tagged template: the text is shell, every value is quoted as one word. */
export function sh(text: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return text.reduce((out, part, i) => {
    const value = values[i]
    return out + part + (value === undefined ? '' : quote(String(value)))
  }, '')
}
