/** Rows as RFC 4180 text with a header line; what is unknown is empty. */
export function csvOf<Column extends string>(
  columns: readonly Column[],
  rows: ReadonlyArray<Record<Column, string | number | null>>,
): string {
  const lines = rows.map((row) => columns.map((column) => field(row[column])).join(','))
  return [columns.join(','), ...lines, ''].join('\r\n')
}

/**
 * Text comes from machines and from callers, and spreadsheets run text that begins like a formula;
 * an apostrophe keeps it text. Numbers are ours and stay plain, negative ones too.
 */
function field(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
