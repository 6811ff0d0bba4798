/**
 * `npm start`: installs, generates, builds and serves, each only where something changed. Only
 * Node's own modules are imported at the top, because nothing else may be installed yet.
 */
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
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
if (isDemo) {
  process.env.DGX_DEMO = '1'
  process.env.DATA_DIR ||= './demo-data'
}

/** Before the build: it takes a while, and would change the files below an app that is running. */
async function checkAddress() {
  const { readConfig } = await import('../lib/config.mjs')
  const { listen } = await import('../server/listen.mjs')
  const probe = createServer()
  await listen(probe, readConfig(process.env))
  await new Promise((resolve) => probe.close(resolve))
}

try {
  ensureInstalled(root)
  await checkAddress()
  ensureClient(root)
  if (!isDev) ensureBuilt(root)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}

if (isDemo) {
  // Node 20 reads no TypeScript by itself. In this process, so that signals end it.
  const { register } = await import('tsx/esm/api')
  register()
  await import('../demo/start.ts')
} else {
  await import('../server.mjs')
}
