import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DGX_METRICS_PY } from '@/lib/dgx/jobs/metrics/python-helper'
import { type App, startApp } from '../app'

const run = promisify(execFile)

describe('metrics of a job over HTTP', () => {
  let app: App
  beforeAll(async () => {
    app = await startApp()
    await app.call('POST', 'projects', { name: 'p' })
  })
  afterAll(async () => {
    await app?.stop()
    app?.remove()
  })

  const newJob = async () =>
    (await app.call('POST', 'jobs', { name: 'j', project_id: 'p' })).body.data.id as string

  it('come in by curl without a content type, and go out as points and as series', async () => {
    const id = await newJob()
    const sent = await app.call(
      'POST',
      `jobs/${id}/metrics`,
      '{"points": [{"step": 1, "metrics": {"loss": 0.5}}, {"step": 2, "log_id": "a", "metrics": {"loss": "NaN"}}]}',
    )
    expect(sent).toMatchObject({
      status: 200,
      body: { data: { added: 2, duplicates: 0, dropped: 0 } },
    })
    const again = { step: 2, log_id: 'a', metrics: { loss: 1 } }
    expect((await app.call('POST', `jobs/${id}/metrics`, again)).body.data).toMatchObject({
      added: 0,
      duplicates: 1,
    })
    expect((await app.call('GET', `jobs/${id}`)).body.data).toMatchObject({
      metrics: { loss: 'NaN' },
      metric_count: 2,
      metrics_summary: { loss: { count: 2, min: 0.5 } },
    })
    expect((await app.call('GET', `jobs/${id}/metrics?limit=1`)).body.data).toMatchObject([
      { step: 2, attempt: null, metrics: { loss: 'NaN' } },
    ])
    const series = await app.call('GET', `jobs/${id}/metrics/series?keys=loss&points=10`)
    expect(series.body.data).toMatchObject({
      x: 'step',
      keys: ['loss'],
      series: {
        loss: {
          points: [
            [1, 0.5],
            [2, 'NaN'],
          ],
        },
      },
    })
  })

  it('are refused with the index of the bad point, and too many or too large ones', async () => {
    const id = await newJob()
    const post = (body: unknown) => app.call('POST', `jobs/${id}/metrics`, body)
    const good = { metrics: { loss: 1 } }
    const refused = await post({ points: [good, good, { metrics: { loss: 'low' } }] })
    expect(refused).toMatchObject({
      status: 400,
      body: { code: 'invalid_request', details: [{ path: 'points.2.metrics.loss' }] },
    })
    expect(await post({ points: [good, { step: 1 }] })).toMatchObject({
      status: 400,
      body: { details: [{ path: 'points.1.metrics', message: 'is required' }] },
    })
    expect(await post({})).toMatchObject({ status: 400, body: { details: [{ path: 'metrics' }] } })
    expect(await post({ points: [good], step: 1 })).toMatchObject({ status: 400 })
    expect(await post({ points: new Array(1001).fill(good) })).toMatchObject({ status: 400 })
    expect(await post({ metrics: { ['k'.repeat(5_000_000)]: 1 } })).toMatchObject({
      status: 413,
      body: { code: 'payload_too_large' },
    })
    expect((await app.call('GET', `jobs/${id}`)).body.data.metric_count).toBe(0)
    expect(await app.call('POST', 'jobs/none/metrics', good)).toMatchObject({ status: 404 })
    expect(await app.call('GET', 'jobs/none/metrics/series')).toMatchObject({ status: 404 })
    expect(await app.call('GET', `jobs/${id}/metrics/series?points=1`)).toMatchObject({
      status: 400,
    })
  })

  it('come from the Python helper, also while the app is away', async (context) => {
    const hasPython = await run('python3', ['--version']).then(
      () => true,
      () => false,
    )
    if (!hasPython) context.skip('there is no python3')
    const id = await newJob()
    const dir = mkdtempSync(path.join(tmpdir(), 'dgx-py-'))
    try {
      writeFileSync(path.join(dir, 'dgx_metrics.py'), DGX_METRICS_PY)
      const script =
        'import dgx_metrics\n' +
        'for step in range(500): dgx_metrics.log(loss=1 / (step + 1), step=step)\n' +
        'print(dgx_metrics.flush(100))'
      await app.stop()
      const training = run('python3', ['-c', script], {
        env: {
          PATH: process.env.PATH,
          NODE_ENV: 'test',
          PYTHONPATH: dir,
          DGX_METRICS_URL: `${app.origin}/api/dgx/jobs/${id}/metrics`,
        },
      })
      await app.start()
      expect((await training).stdout).toBe('True\n')
      const { data } = (await app.call('GET', `jobs/${id}/metrics/series`)).body
      expect(data.series.loss).toMatchObject({
        count: 500,
        first: { x: 0, value: 1 },
        last: { x: 499, value: 0.002 },
      })
    } finally {
      rmSync(dir, { recursive: true, force: true })
    }
  })
})
