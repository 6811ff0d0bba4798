/** As `grep -a -b` prints its matches with the lines around them, see lib/dgx/jobs/logs/search.ts. */
export function grep(text: string, options: string): string {
  const count = (flag: string) => Number(new RegExp(`-${flag} (\\d+)`).exec(options)?.[1] ?? 0)
  const [, word = ''] = / -e ('(?:[^']|'\\'')*'|\S+)$/.exec(options) ?? []
  const query = word.replace(/^'([\s\S]*)'$/, '$1').replaceAll(`'\\''`, "'")
  const source = options.includes('-F') ? query.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : query
  const pattern = new RegExp(source, options.includes('-i ') ? 'i' : '')
  const lines = text.split('\n')
  const matching = lines.flatMap((line, i) => (pattern.test(line) ? [i] : [])).slice(0, count('m'))
  const shown = new Map<number, ':' | '-'>()
  for (const i of matching) {
    for (let near = i - count('B'); near <= i + count('A'); near += 1) {
      if (near >= 0 && near < lines.length - 1) shown.set(near, matching.includes(near) ? ':' : '-')
    }
  }
  const printed: string[] = []
  let offset = 0
  let before = -1
  for (const [i, line] of lines.entries()) {
    const sign = shown.get(i)
    if (sign) {
      if (before >= 0 && i > before + 1) printed.push('--')
      printed.push(`${offset}${sign}${line}`)
      before = i
    }
    offset += Buffer.byteLength(line) + 1
  }
  return printed.map((line) => `${line}\n`).join('')
}
