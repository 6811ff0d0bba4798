/**
 * `npm run demo`: the whole app with simulated machines in this process, three or as many as
 * `DGX_DEMO_MACHINES` says. Loaded by tsx, because Node 20 does not read TypeScript.
 */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { startSimulatedHost, withRuns } from '@/e2e/testbed/simulated-host'
import { readConfig } from '@/lib/config.mjs'
import { migrate } from '@/lib/db/migrate.mjs'
import { hostKeys } from './host-keys'
import { demoMachines } from './machines'
import { seed } from './seed'

const root = path.resolve(import.meta.dirname, '..')
const config = readConfig(process.env)
mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
await migrate({ root, url: config.databaseUrl })

const machines = demoMachines(Number(process.env['DGX_DEMO_MACHINES'] ?? 3)).map(withRuns)
const keys = hostKeys(config.dataDir, machines.length)
const hosts = await Promise.all(
  machines.map((machine, i) => startSimulatedHost({ machine, hostKey: keys[i] ?? '' })),
)
await seed({
  databaseUrl: config.databaseUrl,
  machines,
  ports: hosts.map(({ port }) => port),
  now: Date.now(),
})

// One machine drops out for a while now and then, as a desk machine does.
const AWAY_EVERY_MS = 5 * 60_000
const AWAY_FOR_MS = 40_000
const desk = hosts[machines.findIndex(({ hostname }) => hostname === 'h100-desk')]
setInterval(() => {
  desk?.dropOut()
  setTimeout(() => desk?.comeBack(), AWAY_FOR_MS)
}, AWAY_EVERY_MS)

console.log(
  `\n  This is a demo: ${machines.length} simulated machines with invented values; no command runs anywhere.`,
)
await import('@/server.mjs')
