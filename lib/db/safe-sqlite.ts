import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import type { SqlDriverAdapter, SqlQuery, Transaction } from '@prisma/driver-adapter-utils'
import type { Database } from 'better-sqlite3'

/** SQLite's own limit since 3.32. */
const MOST_BIND_VALUES = 32_766

/** Grants one holder at a time, in order of asking. */
class Lock {
  #last: Promise<void> = Promise.resolve()

  /** Resolves with the function that gives the lock back. */
  async acquire(): Promise<() => void> {
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const before = this.#last
    this.#last = before.then(() => held)
    await before
    return release
  }
}

/**
 * The better-sqlite3 adapter with its three faults closed (seen in 7.10.0).
 *
 * 1. It has one connection, and a plain query runs inside whatever interactive transaction is
 *    open on it: an acknowledged write vanishes when that transaction rolls back. Here plain
 *    queries and transactions take turns on one lock.
 * 2. Its `commit` and `rollback` do nothing of their own, so a COMMIT that fails leaves the
 *    transaction open for every later query. Here an open transaction is rolled back at its end.
 * 3. It does not say how many values a query may have, so that Prisma takes it for an old SQLite and
 *    fails on 500 rows whose relation has a key of two columns. Here it says what is true.
 */
export class SafeSqlite extends PrismaBetterSqlite3 {
  override async connect(): Promise<SqlDriverAdapter> {
    const adapter = await super.connect()
    // The adapter does not declare the database handle that it carries.
    const database = (adapter as SqlDriverAdapter & { client: Database }).client
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = NORMAL')
    database.pragma('foreign_keys = ON')
    database.pragma('busy_timeout = 5000')

    adapter.getConnectionInfo = () => ({
      supportsRelationJoins: false,
      maxBindValues: MOST_BIND_VALUES,
    })

    const lock = new Lock()
    const locked = async <T>(run: () => Promise<T>): Promise<T> => {
      const release = await lock.acquire()
      try {
        return await run()
      } finally {
        release()
      }
    }

    const queryRaw = adapter.queryRaw.bind(adapter)
    const executeRaw = adapter.executeRaw.bind(adapter)
    const executeScript = adapter.executeScript.bind(adapter)
    const startTransaction = adapter.startTransaction.bind(adapter)
    adapter.queryRaw = (query: SqlQuery) => locked(() => queryRaw(query))
    adapter.executeRaw = (query: SqlQuery) => locked(() => executeRaw(query))
    adapter.executeScript = (script: string) => locked(() => executeScript(script))
    adapter.startTransaction = async (isolationLevel) => {
      const release = await lock.acquire()
      try {
        const transaction = await startTransaction(isolationLevel)
        endWith(transaction, database, release)
        return transaction
      } catch (error) {
        release()
        throw error
      }
    }
    return adapter
  }
}

function endWith(transaction: Transaction, database: Database, release: () => void): void {
  const ending = (end: () => Promise<void>) => async () => {
    try {
      if (database.inTransaction) database.exec('ROLLBACK')
    } finally {
      await end()
      release()
    }
  }
  transaction.commit = ending(transaction.commit.bind(transaction))
  transaction.rollback = ending(transaction.rollback.bind(transaction))
}
