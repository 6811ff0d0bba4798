/** The steps before anything can run; each is skipped when what it depends on has not changed. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { withLock } from './lock.mjs'

const SOURCES = [
  'app',
  'components',
  'lib',
  'prisma',
  'public',
  'instrumentation.ts',
  'next.config.mjs',
  'postcss.config.mjs',
  'tsconfig.json',
  'package-lock.json',
]

/** @param {string} file @returns {string[]} the file, or all files below it */
function filesOf(file) {
  if (!existsSync(file)) return []
  if (!statSync(file).isDirectory()) return [file]
  return readdirSync(file)
    .sort()
    .filter((name) => name !== 'generated')
    .flatMap((name) => filesOf(path.join(file, name)))
}

/** @param {string} root @param {readonly string[]} paths */
function hashOf(root, paths) {
  const hash = createHash('sha256').update(process.versions.node)
  for (const file of paths.flatMap((name) => filesOf(path.join(root, name)))) {
    if (/\.test\.tsx?$/.test(file)) continue
    hash.update(path.relative(root, file)).update(readFileSync(file))
  }
  return hash.digest('hex')
}

/**
 * Runs a step unless it ran for the same inputs and its result is there.
 * @param {object} step
 * @param {string} step.root
 * @param {string} step.name
 * @param {readonly string[]} step.inputs
 * @param {string} step.result a path that exists after the step
 * @param {string} step.saying
 * @param {() => void} step.run
 */
function once({ root, name, inputs, result, saying, run }) {
  const stamp = path.join(root, '.cache', `${name}.sha256`)
  const isDone = (/** @type {string} */ hash) =>
    existsSync(path.join(root, result)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash
  if (isDone(hashOf(root, inputs))) return
  withLock(root, () => {
    // Again, because whoever had the lock may have done it.
    const hash = hashOf(root, inputs)
    if (isDone(hash)) return
    console.log(saying)
    rmSync(stamp, { force: true })
    run()
    writeFileSync(stamp, hash)
  })
}

/**
 * @param {string} root
 * @param {string} command
 * @param {readonly string[]} args
 * @throws {Error} with one line that says which step failed
 */
function runStep(root, command, args) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    // Development dependencies build the app, whatever NODE_ENV says.
    env: { ...process.env, npm_config_include: 'dev' },
    shell: process.platform === 'win32',
  })
  if (status === 0) return
  throw new Error(
    `"${path.basename(command)} ${args.join(' ')}" failed${error ? `: ${error.message}` : ''}. Its own words are above.`,
  )
}

/**
 * Puts better-sqlite3 13 in the place of 12, which aborts on Node 24 when a statement is collected;
 * 13 in turn crashes on Node 20. Both are pinned in the lock.
 * @param {string} root
 */
export function placeSqliteForNode24(root) {
  const place = path.join(root, 'node_modules/better-sqlite3')
  rmSync(place, { recursive: true, force: true })
  cpSync(path.join(root, 'node_modules/better-sqlite3-node24'), place, { recursive: true })
}

/** @param {string} root */
export function ensureInstalled(root) {
  once({
    root,
    name: 'installed',
    inputs: ['package-lock.json'],
    result: 'node_modules/next/package.json',
    saying: 'Installing packages (the first time takes a minute or two) ...',
    run: () => {
      const addon = path.join(root, 'node_modules/better-sqlite3')
      const abiFile = path.join(root, 'node_modules/.node-abi')
      const isForOtherNode =
        existsSync(abiFile) && readFileSync(abiFile, 'utf8') !== process.versions.modules
      // An addon is made for one version of Node, and npm does not notice a change.
      if (isForOtherNode) rmSync(addon, { recursive: true, force: true })
      // Not `npm ci`: it refuses a lock that does not list the optional packages of every platform,
      // and a registry that mirrors one platform cannot give them. `--no-save` keeps the lock as is.
      runStep(root, 'npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'])
      if (Number.parseInt(process.versions.node, 10) >= 24) placeSqliteForNode24(root)
      writeFileSync(abiFile, process.versions.modules)
    },
  })
}

/** @param {string} root */
export function ensureClient(root) {
  once({
    root,
    name: 'client',
    inputs: ['prisma/schema.prisma', 'package-lock.json'],
    result: 'lib/db/generated/client.ts',
    saying: 'Generating the database client ...',
    run: () =>
      runStep(root, process.execPath, [
        'node_modules/prisma/build/index.js',
        'generate',
        '--no-hints',
      ]),
  })
}

/** @param {string} root */
export function ensureBuilt(root) {
  once({
    root,
    name: 'built',
    inputs: SOURCES,
    result: '.next/BUILD_ID',
    saying: 'Building the app (only after changes) ...',
    run: () => runStep(root, process.execPath, ['node_modules/next/dist/bin/next', 'build']),
  })
}
