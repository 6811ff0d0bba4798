/** `dgx audit`. */
import { span, table } from './table.mjs'

/** @typedef {import('./main.mjs').Context} Context */

const AS_MANY = 20

/** What was done last, the newest last, as a log reads. @param {Context} context */
export async function audit({ client, print, json, options }) {
  const query = new URLSearchParams({
    limit: String(options.number ?? AS_MANY),
    ...(options.on ? { connection_id: options.on } : {}),
    ...(options.failed ? { outcome: 'failed' } : {}),
  })
  const entries = await client.get(`audit?${query}`)
  if (json) return print(JSON.stringify(entries, null, 2))
  print(
    table(
      ['>AGO', 'WHO', 'ACTION', 'MACHINE', 'WHAT', 'OUTCOME'],
      entries
        .toReversed()
        .map((/** @type {any} */ entry) => [
          span(entry.at),
          entry.key_name ?? entry.caller_via,
          entry.action,
          entry.connection_name,
          whatOf(entry),
          entry.outcome === 'ok' && entry.exit_code ? `exit ${entry.exit_code}` : entry.outcome,
        ]),
    ),
  )
}

/** The command, or what it is about besides its machine. @param {any} entry */
function whatOf({ detail, target_type, target_name }) {
  const what = detail?.command ?? (target_type === 'connection' ? null : target_name)
  return typeof what === 'string' && what.length > 60 ? `${what.slice(0, 59)}…` : what
}
