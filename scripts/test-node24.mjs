/**
 * `npm run test:node24`: the unit and integration tests on Node 24, in a copy of the project, since
 * better-sqlite3 is another one there.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { ensureClient, ensureInstalled, placeSqliteForNode24 } from './prepare.mjs'

const root = path.resolve(import.meta.dirname, '..')
process.chdir(root)
ensureInstalled(root)
ensureClient(root)

const base = path.join(root, '.cache/node24')
const runtime = path.join(base, `node_modules/node-linux-${process.arch}`)
const copy = path.join(base, 'project')

/** @param {string} command @param {readonly string[]} args @param {string} cwd @param {NodeJS.ProcessEnv} [env] */
function run(command, args, cwd, env = process.env) {
  const { status } = spawnSync(command, args, { cwd, env, stdio: 'inherit' })
  if (status !== 0) {
    console.error(`"${command} ${args.join(' ')}" failed with ${status}.`)
    process.exit(status ?? 1)
  }
}

if (!existsSync(path.join(runtime, 'bin/node'))) {
  console.log('Fetching Node 24 ...')
  mkdirSync(base, { recursive: true })
  run(
    'npm',
    [
      'install',
      '--prefix',
      base,
      '--no-save',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      `node-linux-${process.arch}@24`,
    ],
    base,
  )
}

console.log('Copying the project ...')
rmSync(copy, { recursive: true, force: true })
mkdirSync(copy, { recursive: true })
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  encoding: 'utf8',
})
for (const file of files.split('\n').filter((name) => name !== '' && existsSync(name))) {
  cpSync(file, path.join(copy, file), { recursive: true })
}
cpSync('lib/db/generated', path.join(copy, 'lib/db/generated'), { recursive: true })
// Hard links: a copy of the packages that costs no space, except of the one that is built anew.
run('cp', ['-al', 'node_modules', path.join(copy, 'node_modules')], root)
placeSqliteForNode24(copy)

const env = { ...process.env, PATH: `${runtime}/bin:${process.env.PATH}` }
run(
  path.join(runtime, 'bin/node'),
  ['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)],
  copy,
  env,
)
