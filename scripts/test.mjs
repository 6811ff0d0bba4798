/**
 * `npm test`: installs what the tests need, then runs every check and test, and goes on after a
 * failure so that one run tells all. `npm test -- unit` runs one stage.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { ensureBuilt, ensureClient, ensureInstalled } from './prepare.mjs'
import { ensureTestPrograms } from './test-programs.mjs'

const root = path.resolve(import.meta.dirname, '..')
process.chdir(root)
const reports = path.join(root, '.cache/reports')
const bin = (/** @type {string} */ name) => path.join('node_modules', '.bin', name)

/** @typedef {{passed: number, failed: number, skipped: number}} Count */

/** @param {string} command @param {readonly string[]} args */
function run(command, args) {
  const env = {
    ...process.env,
    NEXT_TELEMETRY_DISABLED: '1',
    NODE_ENV: process.env.NODE_ENV ?? 'test',
  }
  return spawnSync(command, args, { stdio: 'inherit', env }).status === 0
}

/** One check counts as one test. @param {string} command @param {readonly string[]} args @returns {Count} */
function check(command, args) {
  const ok = run(command, args)
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 }
}

/** @param {string} file */
function readReport(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null
}

/** @param {string} name @param {readonly string[]} args @returns {Count} */
function vitest(name, args) {
  const file = path.join(reports, `${name}.json`)
  rmSync(file, { force: true })
  const ok = run(bin('vitest'), [
    'run',
    ...args,
    '--reporter=default',
    '--reporter=json',
    `--outputFile=${file}`,
  ])
  const report = readReport(file)
  if (!report) return { passed: 0, failed: 1, skipped: 0 }
  const failed = report.numFailedTests
  // A file that could not be loaded has no failed test of its own.
  return {
    passed: report.numPassedTests,
    failed: ok ? failed : Math.max(1, failed),
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

/** @returns {Count} */
function playwright() {
  const file = path.join(reports, 'browser.json')
  rmSync(file, { force: true })
  process.env.PLAYWRIGHT_JSON_OUTPUT_NAME = file
  const ok = run(bin('playwright'), ['test', '--reporter=list,json'])
  const stats = readReport(file)?.stats
  if (!stats) return { passed: 0, failed: 1, skipped: 0 }
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
  [
    'types',
    () =>
      run(bin('next'), ['typegen'])
        ? check(bin('tsc'), ['--noEmit'])
        : { passed: 0, failed: 1, skipped: 0 },
  ],
  ['dead-code', () => check(bin('knip'), [])],
  ['imports', () => check(process.execPath, ['scripts/check-imports.mjs'])],
  ['unit', () => vitest('unit', [])],
  [
    'http',
    () => {
      ensureBuilt(root)
      return vitest('http', ['--config', 'vitest.http.config.ts'])
    },
  ],
  [
    'browser',
    () => {
      ensureBuilt(root)
      return playwright()
    },
  ],
]

ensureInstalled(root)
ensureClient(root)
ensureTestPrograms()
mkdirSync(reports, { recursive: true })

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !stages.some(([stage]) => stage === name))
if (unknown.length > 0) {
  console.error(
    `No stage ${unknown.join(', ')}; there are ${stages.map(([name]) => name).join(', ')}.`,
  )
  process.exit(1)
}

const total = { passed: 0, failed: 0, skipped: 0 }
const failures = []
for (const [name, stage] of stages) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
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
if (failures.length > 0) console.log(`\nFailed: ${failures.join(', ')}`)
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exit(total.failed > 0 ? 1 : 0)
