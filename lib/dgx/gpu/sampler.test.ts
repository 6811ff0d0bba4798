import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { poolFor } from '@/e2e/testbed/host'
import { type Sshd, startSshd } from '@/e2e/testbed/sshd'
import { exec } from '../ssh/exec'
import type { HostPool } from '../ssh/host-pool'
import { Sampler } from './sampler'
import type { MachineSample } from './types'

describe('sampling a machine over a real sshd', () => {
  let sshd: Sshd
  let host: HostPool
  const samplers: Sampler[] = []
  const sampler = (options: Partial<ConstructorParameters<typeof Sampler>[0]> = {}) => {
    const made = new Sampler({ host, intervalMs: 1000, known: [], onSample: () => {}, ...options })
    samplers.push(made)
    made.start()
    return made
  }
  /** The first sample of which `test` is true. */
  const sampleWhere = async (of: Sampler, test: (sample: MachineSample) => boolean) => {
    for (;;) {
      const sample = await of.next(20_000)
      if (!sample) throw new Error(`no sample: ${of.trouble}; last ${JSON.stringify(of.latest)}`)
      if (test(sample)) return sample
    }
  }
  const first = (of: Sampler) =>
    sampleWhere(of, (sample) => sample.gpus.length + sample.errors.length > 0)

  beforeAll(async () => {
    sshd = await startSshd()
    ;({ host } = poolFor(sshd))
    await host.connect()
  })
  afterEach(() => {
    for (const made of samplers.splice(0)) made.stop()
  })
  afterAll(async () => {
    await host?.disconnect()
    await sshd?.stop()
  })

  it('reads eight GPUs, their processes and the host', async () => {
    sshd.setProfile('a100x8')
    const { gpus, host: machine, errors } = await first(sampler())
    expect(errors).toEqual([])
    expect(
      gpus
        .map((gpu) => [gpu.index, gpu.gpu_utilization, gpu.memory_used_mb, gpu.power_watts])
        .slice(0, 4),
    ).toEqual([
      [0, 98, 74210, 389.12],
      [1, 97, 74210, 381.4],
      [2, 64, 21034, 243.77],
      [3, 0, 4, 57.05],
    ])
    expect(gpus).toHaveLength(8)
    expect(new Set(gpus.map((gpu) => gpu.uuid)).size).toBe(8)
    expect(gpus[0]).toMatchObject({
      memory_kind: 'dedicated',
      memory_total_mb: 81920,
      power_limit_watts: 400,
      throttle_reasons: ['sw_power_cap'],
      health: { status: 'ok', reasons: [] },
      processes: [
        { pid: 41001, name: '/opt/conda/bin/python3.11', memory_used_mb: 74201, job_id: null },
      ],
    })
    expect(machine.memory_total_mb).toBeGreaterThan(100)
    expect(machine.driver_version).toBe('595.71.05')
  })

  it('tells user and command line of a live process', async () => {
    const child = spawn('sleep', ['291'])
    writeFileSync(
      path.join(sshd.dir, 'state/pids'),
      JSON.stringify([{ pid: child.pid, gpu: 1, name: '/usr/bin/sleep', memory: '512' }]),
    )
    try {
      sshd.setProfile('a100x8')
      const { gpus } = await sampleWhere(
        sampler(),
        (sample) => sample.gpus[1]?.processes[0]?.pid === child.pid,
      )
      expect(gpus[1]?.processes).toMatchObject([
        { user: sshd.username, command: 'sleep 291', memory_used_mb: 512 },
      ])
    } finally {
      child.kill()
      writeFileSync(path.join(sshd.dir, 'state/pids'), '')
    }
  })

  it('shows unified memory of a GB10 as the pool and what GPU processes hold', async () => {
    sshd.setProfile('gb10-busy')
    const { gpus, host: machine } = await first(sampler())
    expect(gpus).toMatchObject([
      {
        name: 'NVIDIA GB10',
        memory_kind: 'unified',
        memory_used_mb: 71652,
        memory_total_mb: machine.memory_total_mb,
        memory_available_mb: machine.memory_available_mb,
        power_limit_watts: null,
        null_reasons: expect.objectContaining({ power_limit_watts: 'absent' }),
        health: { status: 'ok' },
      },
    ])
  })

  it.each([
    ['gb10-idle', { gpu_utilization: 0, memory_used_mb: 0, health: { status: 'ok' } }],
    [
      'gb10-latched',
      { gpu_utilization: 94, health: { status: 'fault', reasons: [{ code: 'power_latch' }] } },
    ],
    [
      'h100-mig',
      {
        gpu_utilization: null,
        memory_used_mb: 12048,
        power_watts: 411.2,
        null_reasons: { gpu_utilization: 'absent' },
      },
    ],
    [
      'rtx-610',
      {
        gpu_utilization: 31,
        memory_total_mb: 24564,
        details: { driver_version: '610.57.04', fan_speed_percent: 38 },
        health: { status: 'ok' },
      },
    ],
    [
      'requires-reset',
      {
        gpu_utilization: null,
        health: { status: 'fault' },
        null_reasons: { gpu_utilization: 'fault' },
      },
    ],
    [
      'jetson',
      { name: 'Orin (nvgpu)', gpu_utilization: null, temperature_c: null, memory_kind: 'unified' },
    ],
  ])('reads %s right', async (profile, expected) => {
    sshd.setProfile(profile)
    const { gpus } = await sampleWhere(
      sampler(),
      (sample) => sample.gpus[0]?.name !== undefined && sample.gpus.length > 0,
    )
    expect(gpus).toMatchObject([expected])
  })

  it('keeps the seven good GPUs when one of eight is lost, and names the lost one', async () => {
    sshd.setProfile('a100x8')
    const running = sampler()
    const { gpus: before } = await first(running)
    sshd.setProfile('one-lost-of-eight')
    const { gpus } = await sampleWhere(running, (sample) =>
      sample.gpus.some((gpu) => gpu.health.status === 'fault'),
    )
    expect(gpus).toHaveLength(8)
    const lost = gpus.filter((gpu) => gpu.gpu_utilization === null)
    expect(lost).toMatchObject([
      { uuid: before[3]?.uuid, health: { reasons: [{ code: 'gpu_lost' }] } },
    ])
  })

  it.each([
    ['driver-mismatch', 'driver_mismatch'],
    ['driver-not-loaded', 'driver_not_loaded'],
    ['no-devices', 'no_devices'],
  ])('says what is wrong for %s, and still reads the host', async (profile, code) => {
    sshd.setProfile(profile)
    const {
      gpus,
      errors,
      host: machine,
    } = await sampleWhere(sampler(), (sample) => sample.errors.length > 0)
    expect(errors.map((error) => error.code)).toContain(code)
    expect(gpus).toEqual([])
    expect(machine.memory_total_mb).toBeGreaterThan(100)
  })

  it('takes process names that try to be something else as data', async () => {
    sshd.setProfile('hostile')
    const { gpus } = await sampleWhere(sampler(), (sample) => sample.gpus.length === 2)
    expect(gpus[0]?.processes.map((process) => [process.pid, process.memory_used_mb])).toEqual([
      [7001, 100],
      [7002, 200],
    ])
    expect(gpus[0]?.processes[0]?.name).toBe('/tmp/a, b, 99, c')
    expect(gpus[1]?.processes[0]?.name).not.toContain('\u001b')
  })

  it('reports a hanging nvidia-smi while host data, exec and connect go on', async () => {
    sshd.setProfile('hanging')
    const running = sampler()
    const early = await running.next(10_000)
    expect(early?.host.memory_total_mb).toBeGreaterThan(100)
    const { errors, host: machine } = await sampleWhere(running, (sample) =>
      sample.errors.some((error) => error.code === 'nvidia_smi_hung'),
    )
    expect(errors).toHaveLength(1)
    expect(machine.memory_total_mb).toBeGreaterThan(100)
    const { stdout } = await exec(host, {
      command: 'echo fine',
      timeout_ms: 5_000,
      max_output_bytes: 100,
    })
    expect(stdout).toBe('fine\n')
  })

  it('starts again by itself when its script is killed', async () => {
    sshd.setProfile('gb10-idle')
    const running = sampler()
    await first(running)
    for (const pid of sshd.processes()) {
      if (commandLine(pid).startsWith('sh\0-c\0eval')) process.kill(pid, 'SIGKILL')
    }
    // On a busy computer the first frame may come before nvidia-smi is done.
    expect((await first(running)).gpus).toHaveLength(1)
  })
})

/** Empty for a process that has ended meanwhile. */
function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

describe('a machine without nvidia-smi', () => {
  it('says that it is missing, and reads the host', async () => {
    const sshd = await startSshd({ profile: 'missing' })
    const { host } = poolFor(sshd)
    try {
      await host.connect()
      const sampler = new Sampler({ host, intervalMs: 1000, known: [], onSample: () => {} })
      sampler.start()
      const sample = await sampler.next(10_000)
      sampler.stop()
      expect(sample?.errors).toMatchObject([{ code: 'nvidia_smi_missing' }])
      expect(sample?.host.memory_total_mb).toBeGreaterThan(100)
    } finally {
      await host.disconnect()
      await sshd.stop()
    }
  })
})
