/** Text for people: aligned columns, short figures. */

/** East Asian wide characters and emoji take two places; combining marks take none. @param {string} text */
function widthOf(text) {
  let width = 0
  for (const character of text) {
    if (/\p{M}/u.test(character)) continue
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
        character,
      )
        ? 2
        : 1
  }
  return width
}

/** Remote text must not steer the terminal. @param {unknown} value */
export const printable = (value) => String(value).replace(/\p{Cc}/gu, '\ufffd')

/**
 * @param {readonly string[]} heads those that start with `>` are set to the right
 * @param {readonly (readonly unknown[])[]} rows null is shown as a dash
 */
export function table(heads, rows) {
  const names = heads.map((head) => head.replace('>', ''))
  const cells = rows.map((row) => row.map((value) => (value == null ? '-' : printable(value))))
  const widths = names.map((name, i) =>
    Math.max(widthOf(name), ...cells.map((row) => widthOf(row[i] ?? ''))),
  )
  const line = (/** @type {readonly string[]} */ row) =>
    row
      .map((cell, i) => {
        const space = ' '.repeat(Math.max(0, (widths[i] ?? 0) - widthOf(cell)))
        return heads[i]?.startsWith('>') ? space + cell : cell + space
      })
      .join('  ')
      .trimEnd()
  return [line(names), ...cells.map(line)].join('\n')
}

/** @param {number | null | undefined} mb */
export const gib = (mb) => (mb == null ? null : `${(mb / 1024).toFixed(1)}G`)

/** @param {number | null | undefined} value @param {string} unit */
export const rounded = (value, unit) => (value == null ? null : `${Math.round(value)}${unit}`)

/** Three digits that tell something. @param {number | null | undefined} value */
export const digits = (value) => (value == null ? null : String(Number(value.toPrecision(3))))

/** `4 s`, `3 min`, `5 h`, `2 d`. @param {string | null | undefined} since ISO 8601 @param {string | null} [until] */
export function span(since, until) {
  if (!since) return null
  const s = Math.max(0, (until ? Date.parse(until) : Date.now()) - Date.parse(since)) / 1000
  if (s < 100) return `${Math.round(s)} s`
  if (s < 6000) return `${Math.round(s / 60)} min`
  return s < 172_800 ? `${Math.round(s / 3600)} h` : `${Math.round(s / 86_400)} d`
}
