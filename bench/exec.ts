import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import ssh2, { type Client } from 'ssh2'
import { startApp } from '@/e2e/app'
import { type Sshd, startSshd } from '@/e2e/testbed/sshd'
import { AS_SERVED } from './as-served'
import { percentiles, type Times, throughput, time } from './statistics'

type Contender = { name: string; run: () => Promise<unknown>; isCold?: boolean }

export type ExecResults = {
  latency: Record<string, Times>
  throughput_per_s: Record<string, Record<string, number>>
  burst_200: { ms: number; succeeded: number }
}

/** `true` on one real sshd by four ways; they take turns, so that noise hits all alike. */
export async function benchExec(options: { rounds: number }): Promise<ExecResults> {
  const [sshd, app] = await Promise.all([startSshd(), startApp(AS_SERVED)])
  const dir = mkdtempSync(path.join(tmpdir(), 'dgx-bench-'))
  const client = await rawClient(sshd)
  const agent = new http.Agent({ keepAlive: true, maxSockets: 256 })
  try {
    await app.call('POST', 'connections', {
      name: 'box',
      ...sshd.target,
      // One sample an hour: this is about commands.
      sample_interval_ms: 3_600_000,
    })
    await app.call('POST', 'connect/box')
    const viaHttp = () => post(agent, app.port, '/api/dgx/exec/box', '{"command": "true"}')
    const ssh = (...args: string[]) => runSsh(sshd, dir, args)
    const master = path.join(dir, 'master')
    await ssh('-M', '-S', master, '-f', '-N')
    const contenders: Contender[] = [
      { name: 'HTTP', run: viaHttp },
      { name: 'raw ssh2', run: () => rawExec(client) },
      { name: 'ssh ControlMaster', run: () => ssh('-S', master, 'true') },
      { name: 'ssh cold', run: () => ssh('true'), isCold: true },
    ]
    const times = new Map<string, number[]>(contenders.map(({ name }) => [name, []]))
    for (const { run, isCold } of contenders) {
      for (let i = 0; i < (isCold ? 1 : 20); i += 1) await run()
    }
    for (let round = 0; round < options.rounds; round += 1) {
      for (const { name, run, isCold } of contenders) {
        for (let i = 0; i < (isCold ? 1 : 10); i += 1) times.get(name)?.push(await time(run))
      }
    }
    const rates: ExecResults['throughput_per_s'] = {}
    for (const callers of [1, 8, 32]) {
      rates[callers] = {
        HTTP: await throughput(callers, 400, viaHttp),
        // More than five at once are refused by sshd without a queue of one's own.
        ...(callers === 1 ? { 'raw ssh2': await throughput(1, 400, () => rawExec(client)) } : {}),
        ...(callers <= 8
          ? { 'ssh ControlMaster': await throughput(callers, 100, () => ssh('-S', master, 'true')) }
          : {}),
      }
    }
    let succeeded = 0
    const ms = await time(() =>
      Promise.all(
        Array.from({ length: 200 }, async () => {
          const body = await viaHttp()
          if (JSON.parse(body).data?.code === 0) succeeded += 1
        }),
      ),
    )
    await ssh('-S', master, '-O', 'exit')
    return {
      latency: Object.fromEntries([...times].map(([name, list]) => [name, percentiles(list)])),
      throughput_per_s: rates,
      burst_200: { ms: Math.round(ms), succeeded },
    }
  } finally {
    client.end()
    agent.destroy()
    await app.stop()
    app.remove()
    await sshd.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}

async function rawClient(sshd: Sshd): Promise<Client> {
  const client = new ssh2.Client()
  client.connect({
    host: sshd.hostname,
    port: sshd.port,
    username: sshd.username,
    privateKey: readFileSync(sshd.keyPath),
  })
  await once(client, 'ready')
  client.setNoDelay(true)
  return client
}

function rawExec(client: Client): Promise<void> {
  return new Promise((resolve, reject) => {
    client.exec('true', (error, channel) => {
      if (error) return reject(error)
      channel.on('close', () => resolve()).resume()
      channel.stderr.resume()
    })
  })
}

async function runSsh(sshd: Sshd, dir: string, args: string[]): Promise<void> {
  const child = spawn(
    'ssh',
    [
      '-F',
      'none',
      '-i',
      sshd.keyPath,
      '-p',
      String(sshd.port),
      '-o',
      'StrictHostKeyChecking=accept-new',
      '-o',
      `UserKnownHostsFile=${dir}/known_hosts`,
      `${sshd.username}@${sshd.hostname}`,
      ...args,
    ],
    { stdio: 'ignore' },
  )
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`ssh ${args.join(' ')} ended with ${code}`)
}

function post(agent: http.Agent, port: number, target: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.request(
      { agent, port, host: '127.0.0.1', path: target, method: 'POST' },
      (response) => {
        let text = ''
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString()
        })
        response.on('end', () => resolve(text))
      },
    )
    request.on('error', reject)
    request.end(body)
  })
}
