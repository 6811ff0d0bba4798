/** Answers for a person's terminal. */

/** Which columns a list has as text; `rows` names the list where the answer is one object. */
export type TextTable = { rows?: string; columns: readonly string[] }

const WIDEST = 48

/** A list as a table, an object as a line per field; unknown is `-`. */
export function textOf(options: {
  data: unknown
  meta?: Record<string, unknown> | undefined
  table?: TextTable | undefined
}): string {
  const { data, meta, table } = options
  const list = table?.rows ? valueAt(data, table.rows) : data
  if (!Array.isArray(list)) {
    const columns = table?.columns ?? Object.keys(Object(data))
    return aligned(columns.map((name) => [name, cell(valueAt(data, name))]))
  }
  const columns = table?.columns ?? Object.keys(Object(list[0]))
  const head = columns.map((name) => name.replace(/_/g, ' ').toUpperCase())
  const rows = list.map((row) => columns.map((name) => cell(valueAt(row, name))))
  const next = meta?.['next_cursor']
  return `${aligned([head, ...rows])}${next ? `(${list.length} of ${meta?.['total']}; next: ?cursor=${next})\n` : ''}`
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((text, i) => text.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('')
}

function valueAt(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (inner, name) =>
        typeof inner === 'object' && inner !== null ? Reflect.get(inner, name) : undefined,
      value,
    )
}

/** One line: what a machine says may try to be several, or to move the cursor. */
function cell(value: unknown): string {
  if (value === null || value === undefined) return '-'
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  const line = text.replace(/[\p{Cc}\p{Cs}]/gu, ' ')
  return line.length > WIDEST ? `${line.slice(0, WIDEST - 1)}…` : line
}
