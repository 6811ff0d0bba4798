import { readConfig } from '../config.mjs'
import { PrismaClient } from './generated/client'
import { SafeSqlite } from './safe-sqlite'

/** Opens a database whose migrations are applied. @param url `file:` and an absolute path */
export function openDatabase(url: string): PrismaClient {
  return new PrismaClient({
    adapter: new SafeSqlite({ url }, { timestampFormat: 'unixepoch-ms' }),
    // Longer messages quote the values of the query, and errors are logged: a job's `env` is not to be.
    errorFormat: 'minimal',
  })
}

const KEY = Symbol.for('dgx.database')
type Holder = { [KEY]?: PrismaClient }

/** The app's database; one client per process, shared by all of Next's bundles. */
export function database(): PrismaClient {
  const holder = globalThis as Holder
  holder[KEY] ??= openDatabase(readConfig(process.env).databaseUrl)
  return holder[KEY]
}

/** Closes the app's database; the next `database()` opens it again. */
export async function closeDatabase(): Promise<void> {
  const holder = globalThis as Holder
  const client = holder[KEY]
  delete holder[KEY]
  await client?.$disconnect()
}
