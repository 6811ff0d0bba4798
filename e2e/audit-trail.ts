import { readFileSync } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'

/** Tests put it wherever secrets go; no entry may have it. */
export const SECRET = 'S3cretS3cret'
const NAMED_KEY = /dgx_[0-9a-f]{8}_[0-9a-f]{64}/

/** A second that entries of commands wait, and as much for a timer that is late. */
const LOST_BY_KILL_MS = 2_000

/** What `note-requests.mjs` writes. */
type Request = {
  at: number
  method: string
  url: string
  status: number
  id: string
  isReplay: boolean
}
type Entry = { request_id: string; actions: string }

export const notesOf = (dataDir: string) => path.join(dataDir, 'requests.ndjson')

/**
 * What is wrong with the audit trail of an app that has ended: a change without its one entry, or
 * another request with one; an entry too many; a secret.
 */
export function faultsOfAuditTrail(options: {
  dataDir: string
  killedAt: readonly number[]
  apiKey: string | undefined
}): string[] {
  const { dataDir, killedAt, apiKey } = options
  const lines = readFileSync(notesOf(dataDir), 'utf8').split('\n').filter(Boolean)
  const requests = lines.map((line): Request => JSON.parse(line))
  const database = new Database(path.join(dataDir, 'dgx.db'))
  const rows = database
    .prepare('SELECT * FROM dgx_audit')
    .all()
    .map((row) => JSON.stringify(row))
  const entries = database
    .prepare<[], Entry>(
      `SELECT request_id, group_concat(action) AS actions FROM
         (SELECT * FROM dgx_audit WHERE request_id IS NOT NULL ORDER BY id) GROUP BY request_id`,
    )
    .all()
  database.close()

  const actionsOf = new Map(entries.map(({ request_id, actions }) => [request_id, actions]))
  const wrong = requests.flatMap(({ at, method, url, status, id, isReplay }) => {
    const [pathname = '', query] = url.split('?')
    const isMcp = pathname === '/mcp'
    const mayHave = isMcp || (!isReplay && isChange(method, pathname, query))
    const mayBeLost =
      pathname.startsWith('/api/dgx/exec/') &&
      killedAt.some((killed) => Math.abs(at - killed) < LOST_BY_KILL_MS)
    const mustHave = mayHave && !isMcp && !mayBeLost && status >= 200 && status < 300
    const has = actionsOf.has(id)
    return (has && !mayHave) || (!has && mustHave)
      ? [`${method} ${url} (${status}) has ${has ? 'an' : 'no'} entry`]
      : []
  })
  // A terminal has one when it is opened and one when it is closed.
  const tooMany = entries
    .map(({ actions }) => actions)
    .filter((actions) => actions.includes(',') && actions !== 'openTerminal,closeTerminal')
    .map((actions) => `one request has the entries ${actions}`)
  const secret = rows
    .filter(
      (row) => row.includes(SECRET) || NAMED_KEY.test(row) || (apiKey && row.includes(apiKey)),
    )
    .map((row) => `a secret is in ${row}`)
  return [...wrong, ...tooMany, ...secret]
}

/** As docs/audit.md has it: everything but reads, checks, dry runs and measurements. */
function isChange(method: string, pathname: string, query = ''): boolean {
  return (
    !['GET', 'HEAD', 'OPTIONS'].includes(method) &&
    pathname.startsWith('/api/dgx/') &&
    !/\/(safety\/check|jobs\/[^/]+\/metrics)$/.test(pathname) &&
    !/\bdry_run=(true|1)/.test(query)
  )
}
