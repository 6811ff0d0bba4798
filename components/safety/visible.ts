/** What draws nothing, or changes the order of what is drawn beside it; not line breaks and tabs. */
const HIDDEN = /(?![\n\t])[\p{Cc}\p{Cf}\u2028\u2029]/gu

/** A command as it is, also where somebody tries to hide a part of it from who reads it. */
export function visible(command: string): string {
  return command.replace(
    HIDDEN,
    (character) => `\\u{${character.codePointAt(0)?.toString(16).padStart(4, '0')}}`,
  )
}
