import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, startApp } from '../app'
import { type Sshd, startSshd } from '../testbed/sshd'

/** The curl lines of the seed as written, against a real key and a real sshd. */
describe("the seed's curl lines", () => {
  let app: App
  let sshd: Sshd
  const ids: Record<string, string> = {}

  /** Runs a line through a real shell and curl; the app's port and the ids stand for the seed's. */
  const curl = (line: string) => {
    const command = line
      .replaceAll('http://localhost:3939', `http://localhost:${app.port}`)
      .replaceAll('CONNECTION_ID', ids.connection ?? '')
      .replaceAll('PROJECT_ID', ids.project ?? '')
      .replaceAll('JOB_ID', ids.job ?? '')
      .replace(/^curl/, 'curl -sS')
    return JSON.parse(execFileSync('bash', ['-c', command]).toString())
  }

  beforeAll(async () => {
    ;[app, sshd] = await Promise.all([startApp(), startSshd()])
  })
  afterAll(async () => {
    await app?.stop()
    await sshd?.stop()
    app?.remove()
  })

  it('creates a connection', () => {
    const answer = curl(`curl -X POST http://localhost:3939/api/dgx/connections \\
  -H "Content-Type: application/json" \\
  -d '{
    "name": "dgx-1",
    "hostname": "${sshd.hostname}",
    "username": "${sshd.username}",
    "ssh_key_path": "${sshd.keyPath}",
    "port": ${sshd.port}
  }'`)
    expect(answer).toMatchObject({
      success: true,
      data: { name: 'dgx-1', is_active: false, status: 'disconnected' },
    })
    ids.connection = answer.data.id
  })

  it('connects, and says so', () => {
    expect(curl('curl -X POST http://localhost:3939/api/dgx/connect/CONNECTION_ID')).toMatchObject({
      success: true,
      data: {
        status: 'connected',
        connected: true,
        is_active: true,
        host_key_fingerprint: sshd.fingerprint,
      },
    })
    expect(curl('curl http://localhost:3939/api/dgx/status/CONNECTION_ID').data.connected).toBe(
      true,
    )
    expect(curl('curl http://localhost:3939/api/dgx/status').data.active.name).toBe('dgx-1')
  })

  it('reads metrics and their history', () => {
    const { data } = curl('curl http://localhost:3939/api/dgx/metrics/CONNECTION_ID')
    expect(data.gpus).toHaveLength(8)
    expect(data).toMatchObject({ connection_id: ids.connection, stale: false, errors: [] })
    const history = curl(
      'curl "http://localhost:3939/api/dgx/metrics/CONNECTION_ID/history?hours=6"',
    )
    expect(history).toMatchObject({
      success: true,
      meta: { tier: expect.any(String), bucket_s: expect.any(Number) },
    })
  })

  it('runs a command, with and without a content type, and by the name dgx-1', () => {
    const typed = curl(`curl -X POST http://localhost:3939/api/dgx/exec/CONNECTION_ID \\
  -H "Content-Type: application/json" \\
  -d '{"command": "echo docker ps"}'`)
    expect(typed.data).toMatchObject({ stdout: 'docker ps\n', code: 0 })
    const untyped = curl(`curl -X POST http://localhost:3939/api/dgx/exec/dgx-1 \\
  -d '{"command": "cd /workspace && ./train.sh"}'`)
    // There is no such folder here: the command ran, and its failure is its own.
    expect(untyped).toMatchObject({ success: true, data: { timed_out: false } })
    expect(untyped.data.code).not.toBe(0)
  })

  it('tracks a project and a job through its life', () => {
    ids.project = curl(
      `curl -X POST http://localhost:3939/api/dgx/projects -d '{"name": "vision", "connection_id": "dgx-1", "project_type": "computer_vision"}'`,
    ).data.id
    const job = curl(`curl -X POST http://localhost:3939/api/dgx/jobs \\
  -H "Content-Type: application/json" \\
  -d '{
    "project_id": "PROJECT_ID",
    "name": "Experiment 1",
    "model_name": "vit_base",
    "status": "pending"
  }'`)
    expect(job.data).toMatchObject({ status: 'pending', started_at: null, completed_at: null })
    ids.job = job.data.id
    const running = curl(`curl -X PUT http://localhost:3939/api/dgx/jobs/JOB_ID \\
  -H "Content-Type: application/json" \\
  -d '{"status": "running", "container_id": "abc123"}'`)
    expect(running.data).toMatchObject({
      status: 'running',
      container_id: 'abc123',
      completed_at: null,
    })
    expect(Date.parse(running.data.started_at)).toBeGreaterThan(0)
    const metrics = { epoch: 25, train_loss: 0.342, val_accuracy: 0.921 }
    const updated = curl(`curl -X PUT http://localhost:3939/api/dgx/jobs/JOB_ID \\
  -H "Content-Type: application/json" \\
  -d '{
    "metrics": {
      "epoch": 25,
      "train_loss": 0.342,
      "val_accuracy": 0.921
    }
  }'`)
    expect(updated.data.metrics).toEqual(metrics)
    expect(curl('curl http://localhost:3939/api/dgx/jobs/JOB_ID/metrics').data).toMatchObject([
      { metrics },
    ])
    const done = curl(`curl -X PUT http://localhost:3939/api/dgx/jobs/JOB_ID \\
  -H "Content-Type: application/json" \\
  -d '{"status": "completed"}'`)
    expect(Date.parse(done.data.completed_at)).toBeGreaterThanOrEqual(
      Date.parse(done.data.started_at),
    )
    expect(curl('curl http://localhost:3939/api/dgx/projects/PROJECT_ID').data.jobs).toHaveLength(1)
    expect(
      curl('curl "http://localhost:3939/api/dgx/jobs?project_id=PROJECT_ID"').data,
    ).toHaveLength(1)
    expect(
      curl('curl "http://localhost:3939/api/dgx/projects?connection_id=dgx-1"').data,
    ).toHaveLength(1)
  })

  it('takes back what GET gave, changed', () => {
    const { data } = curl('curl http://localhost:3939/api/dgx/connections/CONNECTION_ID')
    const changed = curl(
      `curl -X PUT http://localhost:3939/api/dgx/connections/CONNECTION_ID -d '${JSON.stringify({ ...data, sample_interval_ms: 3000 })}'`,
    )
    expect(changed.data).toMatchObject({ sample_interval_ms: 3000, status: 'connected' })
    const project = curl('curl http://localhost:3939/api/dgx/projects/PROJECT_ID').data
    expect(
      curl(
        `curl -X PUT http://localhost:3939/api/dgx/projects/PROJECT_ID -d '${JSON.stringify({ ...project, description: 'new' })}'`,
      ).data.description,
    ).toBe('new')
  })

  it('disconnects, and deletes without losing projects and jobs', () => {
    expect(
      curl('curl -X POST http://localhost:3939/api/dgx/disconnect/CONNECTION_ID').data,
    ).toMatchObject({ connected: false, is_active: false })
    expect(
      curl('curl -X DELETE http://localhost:3939/api/dgx/connections/CONNECTION_ID').data,
    ).toEqual({ deleted: ids.connection })
    expect(curl('curl http://localhost:3939/api/dgx/projects/PROJECT_ID').data).toMatchObject({
      connection_id: null,
    })
    expect(curl('curl -X DELETE http://localhost:3939/api/dgx/jobs/JOB_ID').data).toEqual({
      deleted: ids.job,
    })
    expect(curl('curl -X DELETE http://localhost:3939/api/dgx/projects/PROJECT_ID').data).toEqual({
      deleted: ids.project,
    })
    expect(curl('curl http://localhost:3939/api/dgx/jobs').data).toEqual([])
  })

  it('cleans up when the app quits', async () => {
    expect(await app.stop()).toBe(0)
    expect(sshd.sessions()).toEqual([])
  })
})
