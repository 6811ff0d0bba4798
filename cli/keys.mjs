/** `dgx keys`: named API keys. */
import { printable, span, table } from './table.mjs'

/** @typedef {import('./main.mjs').Context} Context */

/** @param {string[]} positionals */
export const takesKeys = ([verb = 'ls', ...names]) =>
  verb === 'ls' ? names.length === 0 : ['create', 'revoke'].includes(verb) && names.length === 1

/** @param {Context} context */
export async function keys(context) {
  const [verb = 'ls', name = ''] = context.positionals
  if (verb === 'create') return create(context, name)
  if (verb === 'revoke') return revoke(context, name)
  return list(context)
}

/** @param {Context} context */
async function list({ client, print, json, options }) {
  const all = []
  for await (const key of client.list(`keys?revoked=${options.all ?? false}`)) all.push(key)
  if (json) return print(JSON.stringify(all, null, 2))
  if (all.length === 0) return print('No key yet. "dgx keys create NAME" makes one.')
  print(
    table(
      [
        'NAME',
        'SCOPE',
        '>PER MINUTE',
        'KEY',
        'USED',
        'CREATED',
        ...(options.all ? ['REVOKED'] : []),
      ],
      all.map((key) => [
        ...[key.name, key.scope, key.rate_limit_per_minute, `${key.prefix}…`],
        ...[ago(key.last_used_at), ago(key.created_at)],
        ...(options.all ? [ago(key.revoked_at)] : []),
      ]),
    ),
  )
}

/** @param {string | null} at */
const ago = (at) => at && `${span(at)} ago`

/**
 * The key alone goes to standard output, so that it can go straight where it belongs.
 * @param {Context} context
 * @param {string} name
 */
async function create({ client, print, json, options }, name) {
  const body = {
    name,
    ...(options.scope ? { scope: options.scope } : {}),
    ...(options.rate === undefined ? {} : { rate_limit_per_minute: options.rate }),
  }
  const { data, meta } = await client.call('POST', 'keys', { body })
  if (json) return print(JSON.stringify(data, null, 2))
  print(data.key)
  console.error(`dgx: "${printable(data.name)}" has the scope ${data.scope}. ${meta.notice}`)
}

/** @param {Context} context @param {string} name */
async function revoke({ client, print, json }, name) {
  const { data } = await client.call('DELETE', `keys/${encodeURIComponent(name)}`)
  print(json ? JSON.stringify(data, null, 2) : `${printable(data.name)} is revoked`)
}
