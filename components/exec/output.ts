/** A stretch of output of one stream, as it came. */
export type Piece = { key: number; stream: 'stdout' | 'stderr'; text: string }

/** What a page keeps of a command's output. */
export type Output = { pieces: Piece[]; cutChars: number }

/** Enough to read; more makes the page slow. */
const MAX_CHARS = 200_000
/** Of changes between the streams, each of which is an element of the page. */
const MAX_PIECES = 2_000

export const NO_OUTPUT: Output = { pieces: [], cutChars: 0 }

/** Adds output at the end; where it becomes too much the beginning goes, and is counted. */
export function append(output: Output, added: readonly Omit<Piece, 'key'>[]): Output {
  const pieces = [...output.pieces]
  for (const { stream, text } of added) {
    const last = pieces.at(-1)
    if (last?.stream === stream) pieces[pieces.length - 1] = { ...last, text: last.text + text }
    else pieces.push({ key: (last?.key ?? 0) + 1, stream, text })
  }
  let { cutChars } = output
  let surplus = pieces.reduce((sum, { text }) => sum + text.length, 0) - MAX_CHARS
  while (surplus > 0 || pieces.length > MAX_PIECES) {
    const first = pieces[0]
    if (!first) break
    const isWhole = pieces.length > MAX_PIECES || first.text.length <= surplus
    const cut = isWhole ? first.text.length : surplus
    if (isWhole) pieces.shift()
    else pieces[0] = { ...first, text: first.text.slice(cut) }
    cutChars += cut
    surplus -= cut
  }
  return { pieces, cutChars }
}

/** All of it as one text, in the order in which it came. */
export function textOf({ pieces }: Output): string {
  return pieces.map(({ text }) => text).join('')
}
