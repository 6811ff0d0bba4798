import { execFile, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DGX_METRICS_PY } from './python-helper'
import { MetricScanner } from './scanner'

const hasPython = (() => {
  try {
    return execFileSync('python3', ['-c', 'print(1)']).toString() === '1\n'
  } catch {
    return false
  }
})()

describe.skipIf(!hasPython)('dgx_metrics.py (skipped where there is no python3)', () => {
  let dir: string
  beforeAll(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'dgx-py-'))
    writeFileSync(path.join(dir, 'dgx_metrics.py'), DGX_METRICS_PY)
  })
  afterAll(() => rmSync(dir, { recursive: true, force: true }))

  /** Runs a script as a training would; what it printed. It fails when Python does. */
  const run = async (script: string, env: Record<string, string> = {}) => {
    const { stdout } = await promisify(execFile)('python3', ['-c', script], {
      env: { PATH: process.env.PATH, NODE_ENV: 'test', PYTHONPATH: dir, ...env },
    })
    return stdout
  }
  const file = (name: string) => path.join(dir, name)
  const points = (name: string) =>
    new MetricScanner({ source: 'metrics_file' }).scan(readFileSync(file(name), 'utf8'))

  it('is Python 3.6', async () => {
    const script = `import ast; ast.parse(open(${JSON.stringify(file('dgx_metrics.py'))}).read(), feature_version=(3, 6))`
    expect(await run(script)).toBe('')
  })

  it('writes what float() takes, with NaN and infinities, and leaves out the rest', async () => {
    const script = `
import dgx_metrics
class Tensor:
    def __float__(self): return 0.25
class Many:
    def __float__(self): raise ValueError('only one element')
print(dgx_metrics.log(loss=0.5, step=10))
print(dgx_metrics.log({'val/loss': float('nan'), 'a': float('inf'), 'b': -float('inf'), 'deep': {'c': Tensor()}}, step=Tensor()))
print(dgx_metrics.log({'d': Many(), 'e': 'text', 'f': None, 'g': True, 'h': 10 ** 400, 'ü': 2 ** 70}))
print(dgx_metrics.log({'e': 'text'}), dgx_metrics.log(7), dgx_metrics.log(), dgx_metrics.log({'x' * 300: 1}))
`
    expect(await run(script, { DGX_METRICS_FILE: file('values') })).toBe(
      'True\nTrue\nTrue\nFalse False False False\n',
    )
    const found = points('values')
    expect(found.map(({ step, metrics }) => ({ step, ...metrics }))).toEqual([
      { step: 10, loss: 0.5 },
      { step: 0.25, 'val/loss': Number.NaN, a: Infinity, b: -Infinity, 'deep.c': 0.25 },
      { step: null, g: 1, ü: 2 ** 70 },
    ])
    expect(Math.abs((found[0]?.at?.getTime() ?? 0) - Date.now())).toBeLessThan(600_000)
  })

  it('keeps the lines of several processes and threads apart', async () => {
    const script = `
import os, threading, dgx_metrics
children = []
for rank in range(6):
    pid = os.fork()
    if pid == 0:
        def work(k):
            for step in range(100): dgx_metrics.log({'rank_%d_%d' % (rank, k): step, 'fill': 'x', 'y' * 200: 1}, step=step)
        threads = [threading.Thread(target=work, args=(k,)) for k in range(2)]
        [t.start() for t in threads]; [t.join() for t in threads]
        os._exit(0)
    children.append(pid)
for pid in children: os.waitpid(pid, 0)
`
    await run(script, { DGX_METRICS_FILE: file('many') })
    const found = points('many')
    expect(found).toHaveLength(6 * 2 * 100)
    for (const name of ['rank_0_0', 'rank_5_1'])
      expect(found.filter(({ metrics }) => name in metrics).map(({ step }) => step)).toEqual(
        Array.from({ length: 100 }, (_, i) => i),
      )
  })

  it('lets a training go on where nothing can be written, and keeps whole lines', async () => {
    const log = 'import dgx_metrics; print(dgx_metrics.log(loss=1), dgx_metrics.flush())'
    expect(await run(log)).toBe('False True\n')
    for (const path of ['/dev/full', '/no/such/folder/x', dir, '\u0001'.repeat(5000)])
      expect(await run(log, { DGX_METRICS_FILE: path })).toBe('False True\n')
    // A disk that fills up in the middle of a line, and then has room again.
    const full = `
import resource, signal, dgx_metrics
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
print(dgx_metrics.log(loss=1))
resource.setrlimit(resource.RLIMIT_FSIZE, (80, resource.RLIM_INFINITY))
print(dgx_metrics.log(loss=2), dgx_metrics.log(loss=3))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(dgx_metrics.log(loss=4), dgx_metrics.log(loss=5))
`
    expect(await run(full, { DGX_METRICS_FILE: file('full') })).toBe(
      'True\nFalse False\nTrue True\n',
    )
    expect(points('full').map(({ metrics }) => metrics['loss'])).toEqual([1, 4, 5])
  })

  it('sends by HTTP until a server takes it, each point under the same log_id', async () => {
    const bodies: { points: { log_id: string; step: number; metrics: object }[] }[] = []
    const keys = new Set<unknown>()
    const server = createServer(async (request, response) => {
      let text = ''
      for await (const chunk of request) text += chunk
      bodies.push(JSON.parse(text))
      keys.add(request.headers['x-api-key'])
      response.writeHead(bodies.length === 1 ? 503 : 200).end('{}')
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    try {
      const script = `
import os, dgx_metrics
for step in range(250): assert dgx_metrics.log(loss=float('nan'), step=step)
pid = os.fork()
if pid == 0:
    assert dgx_metrics.log(loss=1, step=250)
    os._exit(0 if dgx_metrics.flush(60) else 1)
assert os.waitpid(pid, 0)[1] == 0
print(dgx_metrics.flush(60))
`
      const env = {
        DGX_METRICS_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`,
        DGX_METRICS_KEY: 'secret',
      }
      expect(await run(script, env)).toBe('True\n')
      const sent = bodies.flatMap((body) => body.points)
      const once = new Map(sent.map((point) => [point.log_id, point]))
      expect(once.size).toBe(251)
      expect(sent.length).toBeGreaterThan(251)
      expect(new Set([...once.values()].map(({ step }) => step)).size).toBe(251)
      // The points of the child may come before, or between, those of its parent.
      const at = (step: number) => sent.find((point) => point.step === step)
      expect(at(0)?.metrics).toEqual({ loss: 'NaN' })
      expect(at(250)?.metrics).toEqual({ loss: 1 })
      expect([...keys]).toEqual(['secret'])
    } finally {
      server.close()
    }
  })

  it('does not hold up the end of a training whose server is gone', async () => {
    const script = 'import dgx_metrics; print(dgx_metrics.log(loss=1), dgx_metrics.flush(0.1))'
    expect(await run(script, { DGX_METRICS_URL: 'http://127.0.0.1:1/x' })).toBe('True False\n')
    expect(await run(script, { DGX_METRICS_URL: 'nonsense' })).toBe('True False\n')
  })
})
