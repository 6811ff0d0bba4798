import { describe, expect, it } from 'vitest'
import { FAST_FIELDS, SLOW_FIELDS } from './fields'
import {
  A100_X8,
  csvRow,
  type FrameParts,
  frame,
  GB10_BUSY,
  GB10_LATCHED,
  hostLines,
  netLine,
  slowRow,
} from './fixtures'
import type { KnownGpu } from './known-gpus'
import { SampleAssembler } from './sample'

const FACTS = [
  'cpus 20',
  'nics eth0 wlan0',
  'Filesystem 1024-blocks Used Available Capacity Mounted on',
  '/dev/nvme0n1p2 3906250000 976562500 2929687500 25% /',
]
const GOOD: FrameParts = { fast: A100_X8.map((gpu) => csvRow(gpu)), apps: [], host: hostLines() }

function assembler(known: readonly KnownGpu[] = []) {
  const assembler = new SampleAssembler({ fastFields: FAST_FIELDS, slowFields: SLOW_FIELDS, known })
  let second = 0
  return {
    assembler,
    push: (parts: FrameParts) =>
      assembler.push(frame(parts), new Date(Date.UTC(2026, 0, 1, 0, 0, second++))),
  }
}

describe('the host', () => {
  it('has its gauges from the first sample, and rates from the second', () => {
    const { push } = assembler()
    const first = push({
      host: hostLines({ network: [netLine('eth0', 1000, 500)] }),
      facts: FACTS,
      fast: [],
    }).sample.host
    expect(first).toEqual({
      hostname: 'spark-07',
      uptime_s: 5000,
      cpu_utilization: null,
      cpu_count: 20,
      load_1m: 1.75,
      memory_total_mb: 122_880,
      memory_available_mb: 102_400,
      memory_cached_mb: 21_000,
      swap_used_mb: 1024,
      memory_pressure_some_avg10: 2.5,
      disk_used_gb: 1000,
      disk_total_gb: 4000,
      network_rx_bytes_per_s: null,
      network_tx_bytes_per_s: null,
      driver_version: null,
    })
    const second = push({
      host: hostLines({
        uptime: '5002.00',
        cpu: '1060 0 520 8110 510 0 0 0 0 0',
        network: [netLine('eth0', 5000, 700)],
      }),
      fast: [],
    }).sample.host
    expect(second).toMatchObject({
      cpu_utilization: 40,
      network_rx_bytes_per_s: 2000,
      network_tx_bytes_per_s: 100,
      cpu_count: 20,
      disk_total_gb: 4000,
    })
  })

  it('counts hardware interfaces only', () => {
    const { push } = assembler()
    const network = (n: number) =>
      ['lo', 'docker0', 'veth12', 'bond0', 'eth0', 'wlan0', 'br-7f'].map((name) =>
        netLine(name, n, n),
      )
    push({ host: hostLines({ network: network(0) }), facts: FACTS })
    const { host } = push({ host: hostLines({ uptime: '5001.00', network: network(1000) }) }).sample
    expect(host.network_rx_bytes_per_s).toBe(2000)
  })

  it('tells by name where the machine does not say which are hardware', () => {
    const { push } = assembler()
    const network = (n: number) =>
      ['lo', 'docker0', 'vethab', 'eth0', 'eth0.100', 'virbr0', 'tailscale0'].map((name) =>
        netLine(name, n, n),
      )
    push({ host: hostLines({ network: network(0) }) })
    const { host } = push({ host: hostLines({ uptime: '5001.00', network: network(1000) }) }).sample
    expect(host.network_rx_bytes_per_s).toBe(1000)
  })

  it('gives null, not a negative rate, after a reboot or a counter that started again', () => {
    const { push } = assembler()
    push({ host: hostLines({ network: [netLine('eth0', 9000, 9000)] }) })
    const reset = push({
      host: hostLines({ uptime: '5001.00', network: [netLine('eth0', 10, 10)] }),
    }).sample.host
    expect(reset).toMatchObject({ network_rx_bytes_per_s: null, network_tx_bytes_per_s: null })
    const rebooted = push({
      host: hostLines({
        uptime: '12.00',
        cpu: '10 0 5 80 5 0 0 0',
        network: [netLine('eth0', 20, 20)],
      }),
    }).sample.host
    expect(rebooted).toMatchObject({
      cpu_utilization: null,
      network_rx_bytes_per_s: null,
      uptime_s: 12,
    })
  })

  it('is null, with an error, when its part is missing, and works without pressure figures', () => {
    const { push } = assembler()
    const { sample } = push({ fast: A100_X8.map((gpu) => csvRow(gpu)) })
    expect(sample.host.memory_total_mb).toBeNull()
    expect(sample.errors.map(({ code }) => code)).toEqual(['section_missing'])
    expect(sample.gpus).toHaveLength(8)
    expect(push({ host: hostLines({ pressure: false }) }).sample.host).toMatchObject({
      memory_pressure_some_avg10: null,
      load_1m: 1.75,
    })
  })
})

describe('GPUs', () => {
  it('keep the slow set between two minutes', () => {
    const { push } = assembler()
    push({ ...GOOD, slow: A100_X8.map(slowRow) })
    const { sample } = push(GOOD)
    expect(sample.gpus[7]?.details?.compute_cap).toBe('8.0')
    expect(sample.host.driver_version).toBe('595.44.02')
  })

  it('show the reading before while nvidia-smi is at work, and say how old it is', () => {
    const { push } = assembler()
    const first = push(GOOD).sample
    const second = push({ status: 'running 3', host: hostLines({ uptime: '5001.00' }) }).sample
    expect(second.gpus).toEqual(first.gpus)
    expect(second.errors).toEqual([])
    expect([second.recorded_at, second.gpus_recorded_at]).toEqual([
      '2026-01-01T00:00:01.000Z',
      '2026-01-01T00:00:00.000Z',
    ])
    expect(second.host.uptime_s).toBe(5001)
  })

  it('are unknown, and the hang is named, when it has been at work for too long; the host goes on', () => {
    const { push } = assembler()
    push(GOOD)
    const hung = push({ status: 'running 6', host: hostLines({ uptime: '5006.00' }) }).sample
    expect(hung.errors.map(({ code }) => code)).toEqual(['nvidia_smi_hung'])
    expect(hung.gpus).toHaveLength(8)
    expect(
      hung.gpus.every(
        ({ gpu_utilization, health }) =>
          gpu_utilization === null && health.reasons[0]?.code === 'gpu_unreadable',
      ),
    ).toBe(true)
    expect(hung.host.memory_total_mb).toBe(122_880)
    const paced = push({ status: 'waiting 20', host: hostLines() }).sample
    expect(paced.errors.map(({ code }) => code)).toEqual(['nvidia_smi_hung'])
    const back = push(GOOD).sample
    expect(back.errors).toEqual([])
    expect(back.gpus[1]?.gpu_utilization).toBe(12)
  })

  it.each([
    ['missing 0', 'nvidia_smi_missing'],
    ['no_temp_dir 0', 'no_temp_dir'],
    ['died 0', 'nvidia_smi_failed'],
  ])('are not read with status %s, which is named', (status, code) => {
    const { sample } = assembler().push({ status, host: hostLines() })
    expect(sample.gpus).toEqual([])
    expect(sample.errors.map((error) => error.code)).toEqual([code])
    expect(sample.host.hostname).toBe('spark-07')
  })

  it('lost before this start are still reported, and come back by themselves', () => {
    const before = assembler()
    before.push(GOOD)
    const { push } = assembler(before.assembler.known)
    const seven = push({ ...GOOD, fast: GOOD.fast?.slice(1) }).sample
    expect(seven.gpus.map(({ health }) => health.status)).toEqual(['fault', ...Array(7).fill('ok')])
    expect(push(GOOD).sample.gpus.map(({ health }) => health.status)).toEqual(Array(8).fill('ok'))
  })

  it('of a Spark use the memory of its own machine, and its power latch shows', () => {
    const { push } = assembler()
    const { sample } = push({
      fast: [csvRow(GB10_LATCHED)],
      apps: [`${GB10_BUSY['uuid']}, 9, python3, 5000`],
      host: hostLines(),
    })
    expect(sample.gpus[0]).toMatchObject({
      memory_kind: 'unified',
      memory_total_mb: 122_880,
      memory_available_mb: 102_400,
      memory_used_mb: 5000,
      health: { status: 'fault' },
    })
    expect(sample.gpus[0]?.health.reasons[0]?.code).toBe('power_latch')
  })

  it('whose driver refuses a field name it', () => {
    const { push } = assembler()
    const refused = push({
      fast: ['Field "pstate" is not a valid field to query.'],
      exitCode: 2,
      host: hostLines(),
    })
    expect(refused.unsupportedFields).toEqual(['pstate'])
    expect(push({ status: 'running 1', host: hostLines() }).unsupportedFields).toEqual([])
  })
})
