/**
 * `npm start`: installs, generates, builds and serves, each only where something changed. Only
 * Node's own modules here, because nothing else may be installed yet.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { ensureBuilt, ensureClient, ensureInstalled } from './prepare.mjs'

const root = path.resolve(import.meta.dirname, '..')
process.chdir(root)

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Node.js 20.19 or newer is needed; this is ${process.versions.node}. See https://nodejs.org.`,
  )
  process.exit(1)
}

const isDev = process.argv.includes('--dev')
const isDemo = process.argv.includes('--demo')
Object.assign(process.env, {
  NODE_ENV: isDev ? 'development' : 'production',
  NEXT_TELEMETRY_DISABLED: '1',
})
if (existsSync('.env')) process.loadEnvFile('.env')

ensureInstalled(root)
ensureClient(root)
if (!isDev) ensureBuilt(root)

if (isDemo) {
  process.env.DGX_DEMO = '1'
  process.env.DATA_DIR ||= './demo-data'
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', 'demo/start.ts'], {
    stdio: 'inherit',
  })
  process.exit(status ?? 1)
}
await import('../server.mjs')
