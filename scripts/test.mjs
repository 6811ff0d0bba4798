/**
 * `npm test`: installs what the tests need, then runs every check and test, and goes on after a
 * failure so that one run tells all. `npm test -- unit` runs one stage, and DGX_TEST_NODE24=1 adds
 * the tests on Node 24.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { failedInPlaywright, failedInVitest } from './failed-tests.mjs'
import { ensureBuilt, ensureClient, ensureInstalled } from './prepare.mjs'
import { ensureTestPrograms } from './test-programs.mjs'

const root = path.resolve(import.meta.dirname, '..')
process.chdir(root)
const reports = path.join(root, '.cache/reports')
const bin = (/** @type {string} */ name) => path.join('node_modules', '.bin', name)

/** @typedef {{passed: number, failed: number, skipped: number}} Count */

// The tester's own settings must not reach the apps under test: DATABASE_URL may be their data.
const SETTINGS =
  /^(PORT|HOST|DATA_DIR|DATABASE_URL|API_SERVER_KEY|ALLOWED_HOSTS|HOST_KEY_POLICY|LOG_LEVEL|METRICS_.*|DGX_DEMO)$/

/** @param {string} command @param {readonly string[]} args */
function run(command, args) {
  /** @type {NodeJS.ProcessEnv} */
  const env = {
    ...process.env,
    NODE_ENV: process.env.NODE_ENV || 'test',
    NEXT_TELEMETRY_DISABLED: '1',
  }
  for (const name of Object.keys(env)) if (SETTINGS.test(name)) delete env[name]
  return spawnSync(command, args, { stdio: 'inherit', env }).status === 0
}

const NONE = { passed: 0, failed: 0, skipped: 0 }
const ONE_FAILED = { ...NONE, failed: 1 }

/** @type {string[]} What failed, for the end of the run. */
const failedTests = []

/** One check counts as one test. @param {string} command @param {readonly string[]} args @returns {Count} */
function check(command, args) {
  const ok = run(command, args)
  return ok ? { ...NONE, passed: 1 } : ONE_FAILED
}

/** @param {string} file */
function readReport(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null
}

/**
 * @param {string} name
 * @param {string} command runs vitest
 * @param {readonly string[]} args
 * @returns {Count}
 */
function vitest(name, command, args) {
  const file = path.join(reports, `${name}.json`)
  rmSync(file, { force: true })
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile=${file}`]
  const ok = run(command, [...args, ...reporters])
  const report = readReport(file)
  if (!report) return ONE_FAILED
  failedTests.push(...failedInVitest(report))
  const failed = report.numFailedTests
  // A file that could not be loaded has no failed test of its own.
  return {
    passed: report.numPassedTests,
    failed: ok ? failed : Math.max(1, failed),
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

/** @type {boolean | undefined} */
let hasBuilt

/** The app as `npm start` would serve it. A failure fails its stages and does not end the run. */
function isBuilt() {
  if (hasBuilt !== undefined) return hasBuilt
  try {
    ensureBuilt(root)
    hasBuilt = true
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    hasBuilt = false
  }
  return hasBuilt
}

/** @returns {Count} */
function playwright() {
  if (!existsSync('e2e/browser')) return NONE
  const file = path.join(reports, 'browser.json')
  rmSync(file, { force: true })
  process.env.PLAYWRIGHT_JSON_OUTPUT_NAME = file
  const ok = run(bin('playwright'), ['test', '--reporter=list,json'])
  const report = readReport(file)
  if (!report) return ONE_FAILED
  failedTests.push(...failedInPlaywright(report))
  const stats = report.stats
  const failed = stats.unexpected + stats.flaky
  return {
    passed: stats.expected,
    failed: ok ? failed : Math.max(1, failed),
    skipped: stats.skipped,
  }
}

/** @type {[name: string, stage: () => Count][]} */
const stages = [
  ['lint', () => check(bin('biome'), ['ci', '.'])],
  ['types', () => (run(bin('next'), ['typegen']) ? check(bin('tsc'), ['--noEmit']) : ONE_FAILED)],
  ['dead-code', () => check(bin('knip'), [])],
  ['imports', () => check(process.execPath, ['scripts/check-imports.mjs'])],
  ['unit', () => vitest('unit', bin('vitest'), ['run'])],
  ['build', () => (isBuilt() ? { ...NONE, passed: 1 } : ONE_FAILED)],
  [
    'http',
    () =>
      isBuilt()
        ? vitest('http', bin('vitest'), ['run', '--config', 'vitest.http.config.ts'])
        : ONE_FAILED,
  ],
  ['browser', () => (isBuilt() ? playwright() : ONE_FAILED)],
  ['node24', () => vitest('node24', process.execPath, ['scripts/test-node24.mjs'])],
]

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !stages.some(([stage]) => stage === name))
if (unknown.length > 0) {
  console.error(
    `No stage ${unknown.join(', ')}; there are ${stages.map(([name]) => name).join(', ')}.`,
  )
  process.exit(1)
}

try {
  ensureInstalled(root)
  ensureClient(root)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
ensureTestPrograms()
mkdirSync(reports, { recursive: true })

// It compiles an addon of its own, so only who asks for it waits for it.
const skipped = new Set(process.env.DGX_TEST_NODE24 === '1' ? [] : ['node24'])
const total = { passed: 0, failed: 0, skipped: 0 }
const failures = []
for (const [name, stage] of stages) {
  if (wanted.length > 0 ? !wanted.includes(name) : skipped.has(name)) continue
  console.log(`\n=== ${name}`)
  const startedAt = Date.now()
  const count = stage()
  total.passed += count.passed
  total.failed += count.failed
  total.skipped += count.skipped
  if (count.failed > 0) failures.push(name)
  console.log(
    `=== ${name}: ${count.failed > 0 ? 'FAILED' : 'ok'} after ${Math.round((Date.now() - startedAt) / 1000)} s`,
  )
}
if (failures.length > 0)
  console.log(['', ...failedTests, '', `Failed: ${failures.join(', ')}`].join('\n'))
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exit(total.failed > 0 ? 1 : 0)
