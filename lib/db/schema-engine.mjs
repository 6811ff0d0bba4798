/**
 * Prisma's schema engine as WebAssembly, so that migrations need no downloaded binary.
 * See docs/decisions/0001-migrations-in-webassembly.md.
 */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg'
import { MIGRATIONS, migrationNames } from './migration-names.mjs'

const require = createRequire(import.meta.url)
const SCHEMA = 'prisma/schema.prisma'

/** @param {string} root @returns {{path: string, content: string}} */
function schemaFile(root) {
  return { path: SCHEMA, content: readFileSync(path.join(root, SCHEMA), 'utf8') }
}

/** The migration folders as the engine wants them, oldest first. @param {string} root */
function migrationList(root) {
  const base = path.join(root, MIGRATIONS)
  const lock = path.join(base, 'migration_lock.toml')
  return {
    baseDir: base,
    shadowDbInitScript: '',
    lockfile: {
      path: 'migration_lock.toml',
      content: existsSync(lock) ? readFileSync(lock, 'utf8') : null,
    },
    migrationDirectories: migrationNames(root).map((name) => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: {
          tag: 'ok',
          value: readFileSync(path.join(base, name, 'migration.sql'), 'utf8'),
        },
      },
    })),
  }
}

/**
 * The adapter's shadow database takes whole scripts through `executeRaw`, which runs only the
 * first statement; scripts must go through `executeScript`.
 * @param {PrismaBetterSqlite3} factory
 */
function runScriptsInShadow(factory) {
  const connect = factory.connectToShadowDb.bind(factory)
  factory.connectToShadowDb = async () => {
    const adapter = await connect()
    const executeRaw = adapter.executeRaw.bind(adapter)
    adapter.executeRaw = async (query) => {
      if (query.args.length > 0) return executeRaw(query)
      await adapter.executeScript(query.sql)
      return 0
    }
    return adapter
  }
  return factory
}

/** @type {Promise<void> | undefined} */
let loaded

/** Loads the engine once: its bindings belong to one instance, and a second one breaks the first. */
function loadEngine() {
  loaded ??= (async () => {
    const registry = {
      message: '',
      get: () => registry.message,
      /** @param {string} message */
      set_message: (message) => {
        registry.message = message
      },
    }
    Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: registry })
    const wasm = path.join(
      path.dirname(require.resolve('@prisma/schema-engine-wasm/schema_engine_bg')),
      'schema_engine_bg.wasm',
    )
    const { instance } = await WebAssembly.instantiate(readFileSync(wasm), {
      './schema_engine_bg.js': bindings,
    })
    bindings.__wbg_set_wasm(instance.exports)
    const start = instance.exports['__wbindgen_start']
    if (typeof start === 'function') start()
  })()
  return loaded
}

/**
 * @template T
 * @param {{root: string, url: string}} options project root and `file:` URL of the database
 * @param {(engine: any) => Promise<T>} use
 * @returns {Promise<T>}
 */
async function withEngine({ root, url }, use) {
  await loadEngine()
  const factory = runScriptsInShadow(
    new PrismaBetterSqlite3({ url }, { shadowDatabaseUrl: ':memory:' }),
  )
  // The engine leaves its connection open, and with it an exclusive lock on the database.
  const connect = factory.connect.bind(factory)
  /** @type {Awaited<ReturnType<typeof connect>>[]} */
  const connections = []
  factory.connect = async () => {
    const connection = await connect()
    connections.push(connection)
    return connection
  }
  const bound = bindMigrationAwareSqlAdapterFactory(factory)
  const schema = schemaFile(root)
  const engine = await bindings.SchemaEngine.new(
    { datamodels: [[schema.path, schema.content]] },
    () => {},
    bound,
  )
  try {
    return await use(engine)
  } finally {
    engine.free()
    for (const connection of connections) await connection.dispose()
  }
}

const filters = { externalTables: [], externalEnums: [] }

/** Applies every migration that is not applied yet. @param {{root: string, url: string}} options */
export async function applyMigrations(options) {
  const result = await withEngine(options, (engine) =>
    engine.applyMigrations({ migrationsList: migrationList(options.root), filters }),
  )
  return /** @type {string[]} */ (result.appliedMigrationNames)
}

/**
 * What SQL takes the migrations to `schema.prisma`; null when they already give exactly that.
 * @param {{root: string}} options
 * @returns {Promise<string | null>}
 */
export async function diffMigrations({ root }) {
  const list = migrationList(root)
  const from =
    list.migrationDirectories.length > 0 ? { tag: 'migrations', ...list } : { tag: 'empty' }
  const result = await withEngine({ root, url: 'file::memory:' }, (engine) =>
    engine.diff({
      from,
      to: { tag: 'schemaDatamodel', files: [schemaFile(root)] },
      script: true,
      exitCode: true,
      filters,
    }),
  )
  return result.exitCode === 2 ? result.stdout : null
}
