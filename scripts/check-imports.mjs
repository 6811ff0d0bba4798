/** Fails on an import cycle, and on an import against the direction app -> lib/api, lib/mcp -> lib/dgx. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '..')

/** @param {string} dir @returns {string[]} */
function sources(dir) {
  if (!existsSync(dir)) return []
  return readdirSync(dir).flatMap((name) => {
    const file = path.join(dir, name)
    if (name === 'generated' || name === 'node_modules') return []
    if (statSync(file).isDirectory()) return sources(file)
    return /\.(ts|tsx|mjs)$/.test(name) && !/\.test\.tsx?$/.test(name) ? [file] : []
  })
}

/** @param {string} from @param {string} specifier */
function resolve(from, specifier) {
  if (!specifier.startsWith('.') && !specifier.startsWith('@/')) return null
  const base = specifier.startsWith('@/')
    ? path.join(root, specifier.slice(2))
    : path.resolve(path.dirname(from), specifier)
  const candidates = [base, `${base}.ts`, `${base}.tsx`, `${base}.mjs`, path.join(base, 'index.ts')]
  return candidates.find((file) => existsSync(file) && statSync(file).isFile()) ?? null
}

/** Imports of values; types are gone when the program runs. @type {Map<string, string[]>} */
const graph = new Map()
const IMPORT = /^(?:import|export)\s+(?!type\b)(?:[^'"]*?\sfrom\s+)?['"]([^'"]+)['"]/gm
for (const file of ['app', 'components', 'lib', 'server'].flatMap((dir) =>
  sources(path.join(root, dir)),
)) {
  const targets = [...readFileSync(file, 'utf8').matchAll(IMPORT)]
    .filter(([statement]) => !/^import\s*\{(\s*type\s[^,}]+,?)+\s*\}/.test(statement))
    .map(([, specifier = '']) => resolve(file, specifier))
  graph.set(file, /** @type {string[]} */ (targets.filter(Boolean)))
}

/** What each part may not import. @type {[from: RegExp, to: RegExp][]} */
const FORBIDDEN = [
  [/^lib\/dgx\//, /^(app|components|lib\/(api|mcp))\//],
  [/^lib\/api\//, /^(app|components|lib\/mcp)\//],
  [/^lib\/mcp\//, /^(app|components|lib\/db)\//],
  [/^lib\/db\//, /^(app|components|lib\/(api|mcp|dgx))\//],
  [/^components\//, /^(app|lib\/(dgx|db|api|mcp))\//],
  [/^lib\/dgx\/ssh\//, /^lib\/dgx\/(?!ssh\/|errors)/],
]
const problems = []
for (const [file, targets] of graph) {
  const from = path.relative(root, file)
  for (const target of targets) {
    const to = path.relative(root, target)
    if (FORBIDDEN.some(([a, b]) => a.test(from) && b.test(to)))
      problems.push(`${from} must not import ${to}`)
  }
}

/** @type {Map<string, 'open' | 'done'>} */
const visited = new Map()
/** @param {string} file @param {string[]} trail */
function visit(file, trail) {
  const seen = visited.get(file)
  if (seen === 'done') return
  if (seen === 'open') {
    const cycle = [...trail.slice(trail.indexOf(file)), file].map((name) =>
      path.relative(root, name),
    )
    problems.push(`cycle: ${cycle.join(' -> ')}`)
    return
  }
  visited.set(file, 'open')
  for (const target of graph.get(file) ?? []) visit(target, [...trail, file])
  visited.set(file, 'done')
}
for (const file of graph.keys()) visit(file, [])

for (const problem of problems) console.error(problem)
console.log(`${graph.size} files, ${problems.length} problems`)
process.exit(problems.length > 0 ? 1 : 0)
