import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { closeDatabase, database } from '../../db/client'
import { createTestDatabase } from '../../db/test-database'
import { hashOf, KeyRing, makeKey } from './ring'
import { loadKeys } from './rows'

const { key } = makeKey()
const record = {
  ...{ id: '1', name: 'claude', hash: hashOf(key), scope: 'run' as const },
  ...{ rate_limit_per_minute: null as number | null, last_used_at: null, revoked_at: null },
}
const uses: Date[] = []
let ring: KeyRing

beforeEach(() => {
  vi.useFakeTimers()
  uses.length = 0
  ring = new KeyRing({ onUsed: (_, at) => uses.push(at) })
})
afterEach(() => {
  vi.useRealTimers()
})

/** The key as a request would find it. */
function use() {
  const held = ring.use(key)
  if (!held) throw new Error('the key is not valid')
  return held
}

it('makes keys with 256 random bits, told apart by how they begin', () => {
  const made = Array.from({ length: 100 }, makeKey)
  expect(new Set(made.map((one) => one.key.slice(13))).size).toBe(100)
  for (const one of made) {
    expect(one.key).toMatch(/^dgx_[0-9a-f]{8}_[0-9a-f]{64}$/)
    expect(one.key.startsWith(`${one.prefix}_`)).toBe(true)
  }
})

describe('a ring of keys', () => {
  it('finds the whole key and nothing near it', () => {
    ring.add(record)
    expect(use()).toMatchObject({ id: '1', name: 'claude', scope: 'run' })
    for (const near of ['', 'dgx_', key.slice(0, -1), `${key}0`, key.toUpperCase(), record.hash]) {
      expect(ring.use(near)).toBeUndefined()
    }
  })

  it('notes a use at most once a minute', () => {
    ring.add(record)
    for (let s = 0; s < 125; s += 5) {
      use()
      vi.advanceTimersByTime(5_000)
    }
    expect(uses.map((at) => at.getTime() - (uses[0]?.getTime() ?? 0))).toEqual([0, 60_000, 120_000])
  })

  it('ends what a revoked key has open, and never takes it back', () => {
    ring.add(record)
    const held = use()
    ring.change({ ...record, revoked_at: new Date() })
    expect([held.ended.aborted, ring.use(key)]).toEqual([true, undefined])
    // A change of its name that was under way.
    ring.change({ ...record, name: 'other' })
    expect(ring.use(key)).toBeUndefined()
  })

  it('ends what a key has open when its scope changes, not when its name does', () => {
    ring.add(record)
    const held = use()
    ring.change({ ...record, name: 'renamed' })
    expect([held.ended.aborted, held.name]).toEqual([false, 'renamed'])
    ring.change({ ...record, name: 'renamed', scope: 'read' })
    expect([held.ended.aborted, use().scope, use().ended.aborted]).toEqual([true, 'read', false])
  })

  it('lets a key send so many requests a minute, all at once or spread out', () => {
    ring.add({ ...record, rate_limit_per_minute: 30 })
    const held = use()
    const burst = Array.from({ length: 31 }, () => held.take())
    expect(burst).toEqual([...Array(30).fill(0), 2])
    vi.advanceTimersByTime(1_999)
    expect(held.take()).toBe(1)
    vi.advanceTimersByTime(1)
    expect([held.take(), held.take()]).toEqual([0, 2])
    vi.advanceTimersByTime(3_600_000)
    expect(Array.from({ length: 31 }, () => held.take()).at(-1)).toBe(2)
  })

  it('counts anew when the limit is another, and not when only the name is', () => {
    ring.add({ ...record, rate_limit_per_minute: 1 })
    const held = use()
    held.take()
    ring.change({ ...record, rate_limit_per_minute: 1, name: 'renamed' })
    expect(held.take()).toBe(60)
    ring.change({ ...record, rate_limit_per_minute: 2 })
    expect([held.take(), held.take(), held.take()]).toEqual([0, 0, 30])
    ring.change(record)
    expect(held.take()).toBe(0)
  })
})

it('is filled with the keys that are valid when the program starts', async () => {
  vi.useRealTimers()
  const test = await createTestDatabase()
  vi.stubEnv('DATABASE_URL', test.url)
  const at = { prefix: 'dgx_x', created_at: new Date(), updated_at: new Date() }
  try {
    await database().apiKey.create({ data: { ...record, ...at } })
    const old = { id: '2', name: 'old', hash: hashOf('dgx_old'), revoked_at: new Date() }
    await database().apiKey.create({ data: { ...record, ...at, ...old } })
    await loadKeys(ring)
    expect([use().name, ring.use('dgx_old')]).toEqual(['claude', undefined])
  } finally {
    await closeDatabase()
    await test.close()
    vi.unstubAllEnvs()
  }
})
