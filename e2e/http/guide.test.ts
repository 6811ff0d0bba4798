import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ERROR_CODES } from '@/lib/dgx/errors'
import { END_REASONS, PHASES, WAIT_REASONS } from '@/lib/dgx/jobs/states'
import { PROJECT_TYPES } from '@/lib/dgx/projects/schema'
import { type App, startApp } from '../app'
import { type Sshd, startSshd } from '../testbed/sshd'

const GUIDE = readFileSync(path.resolve(import.meta.dirname, '../../docs/agents.md'), 'utf8')

describe('the guide for agents', () => {
  let app: App
  let sshd: Sshd
  beforeAll(async () => {
    ;[app, sshd] = await Promise.all([startApp({ JOB_KILL_GRACE_S: '2' }), startSshd()])
    // Nobody else is on its GPUs.
    writeFileSync(path.join(sshd.dir, 'state/pids'), '[]')
  })
  afterAll(async () => {
    await app?.stop()
    await sshd?.stop()
    app?.remove()
  })

  it('is served as it is, and found from llms.txt', async () => {
    expect((await app.call('GET', 'guide.md')).body).toBe(GUIDE)
    const index = await fetch(`${app.origin}/llms.txt`)
    expect(await index.text()).toContain('(/api/dgx/guide.md)')
  })

  it('knows every word of the API', () => {
    const words = [...ERROR_CODES, ...END_REASONS, ...WAIT_REASONS, ...PHASES, ...PROJECT_TYPES]
    expect(words.filter((word) => !new RegExp(`\\b${word}\\b`).test(GUIDE))).toEqual([])
  })

  it('has calls that work, in their order', async () => {
    const script = /```bash\n(.*?)```/s.exec(GUIDE)?.[1] ?? ''
    const calls = script.split(/^(?=curl|#)/m).filter((part) => part.startsWith('curl'))
    expect(calls.length).toBeGreaterThanOrEqual(12)
    const machine = JSON.stringify(sshd.target).slice(1, -1)
    let last: unknown
    for (const call of calls) {
      const text = call.replace(/"hostname": .*"ubuntu"/, machine)
      const { stdout } = await promisify(execFile)('bash', ['-c', text], {
        env: { ...process.env, B: `${app.origin}/api/dgx` },
      })
      last = JSON.parse(stdout)
      expect([call, last]).toMatchObject([call, { success: true }])
    }
    // The last one is the report.
    expect(last).toMatchObject({
      data: {
        jobs: { total: 2, managed: { completed: 1, cancelled: 1 } },
        projects: [{ name: 'demo' }],
      },
    })
    const { body } = await app.call('GET', 'jobs/run-1')
    expect(body.data).toMatchObject({
      status: 'completed',
      metrics_summary: { loss: { count: 3 } },
    })
  })
})
