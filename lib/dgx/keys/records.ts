import { randomUUID } from 'node:crypto'
import { database } from '../../db/client'
import { isUniqueViolation } from '../../db/errors'
import { Prisma, type ApiKey as Row } from '../../db/generated/client'
import { DgxError } from '../errors'
import { inOrder, selectPage } from '../listing.sql'
import type { Page } from '../pagination'
import { findByIdOrName } from '../references'
import { runtime } from '../runtime'
import type { ApiKey, NewApiKey } from './answers'
import { hashOf, makeKey } from './ring'
import { withScope } from './rows'
import type { KeyInput, KeyListQuery, KeyUpdate } from './schema'

function toKey(record: Row): ApiKey {
  const { hash: _, ...row } = withScope(record)
  return {
    ...row,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    last_used_at: row.last_used_at?.toISOString() ?? null,
    revoked_at: row.revoked_at?.toISOString() ?? null,
  }
}

/** One page, the newest first. @throws DgxError invalid_request */
export async function listKeys(query: KeyListQuery): Promise<Page<ApiKey>> {
  const { limit, cursor, revoked } = query
  const conditions = revoked ? [] : [Prisma.sql`revoked_at IS NULL`]
  const table = 'dgx_api_keys'
  const { ids, ...rest } = await selectPage({ table, conditions, sort: '-created', cursor, limit })
  const rows = await database().apiKey.findMany({ where: { id: { in: ids } } })
  return { items: inOrder(ids, rows).map(toKey), ...rest }
}

/** @param options.id id or exact name. @throws DgxError key_not_found */
export async function getKey({ id }: { id: string }): Promise<ApiKey> {
  const row = await findByIdOrName({
    reference: id,
    noun: 'key',
    find: (where) => database().apiKey.findMany({ where, take: 10 }),
  })
  return toKey(row)
}

/** The answer is the only place where the key itself ever is. @throws DgxError name_taken */
export async function createKey(input: KeyInput): Promise<NewApiKey> {
  const { key, prefix } = makeKey()
  const now = new Date()
  const row = { id: randomUUID(), ...input, prefix, hash: hashOf(key) }
  const saved = await unlessTaken(input.name, () =>
    database().apiKey.create({ data: { ...row, created_at: now, updated_at: now } }),
  )
  runtime().keys.add(withScope(saved))
  return { ...toKey(saved), key }
}

/** What a key has open ends when its scope changes. @throws DgxError key_not_found, name_taken */
export async function updateKey(options: { id: string; changes: KeyUpdate }): Promise<ApiKey> {
  const { id } = await getKey(options)
  const data = { ...options.changes, updated_at: new Date() }
  return change(id, data)
}

/**
 * Ends a key for good, and everything it has open. Its record stays, so that what it did can be
 * named; revoking it again changes nothing.
 * @throws DgxError key_not_found
 */
export async function revokeKey(options: { id: string }): Promise<ApiKey> {
  const key = await getKey(options)
  if (key.revoked_at !== null) return key
  const now = new Date()
  return change(key.id, { revoked_at: now, updated_at: now })
}

/** Every request meets the key so from here on. */
async function change(id: string, data: Partial<Row>): Promise<ApiKey> {
  const row = await unlessTaken(data.name ?? '', () =>
    database().apiKey.update({ where: { id }, data }),
  )
  runtime().keys.change(withScope(row))
  return toKey(row)
}

async function unlessTaken(name: string, write: () => Promise<Row>): Promise<Row> {
  return write().catch((error: unknown) => {
    throw isUniqueViolation(error) ? taken(name) : error
  })
}

function taken(name: string): DgxError {
  return new DgxError(
    'name_taken',
    `A key named "${name}" exists already, or did until it was revoked. Choose another name.`,
    { details: [{ path: 'name', message: 'is taken' }] },
  )
}
