import { describe, expect, it } from 'vitest'
import type { GpuSample } from '@/lib/dgx/gpu/types'
import { inOrder, type MachineNow, totalsOf } from './fleet-order'

function gpu(values: Partial<GpuSample>): GpuSample {
  return {
    uuid: 'idle',
    gpu_utilization: 0,
    memory_used_mb: 0,
    memory_total_mb: 80_000,
    memory_available_mb: 80_000,
    memory_kind: 'dedicated',
    temperature_c: 30,
    power_watts: 50,
    health: { status: 'ok', reasons: [] },
    processes: [],
    ...values,
  } as GpuSample
}

function machine(
  name: string,
  gpus: GpuSample[],
  status: MachineNow['connection']['status'] = 'connected',
): MachineNow {
  return {
    connection: { id: name, name, hostname: `${name}.lan`, username: 'mia', status },
    metrics: { gpus, errors: [], free_gpu_uuids: ['idle'] } as unknown as MachineNow['metrics'],
  }
}

const busy = gpu({ uuid: 'busy', gpu_utilization: 97, memory_used_mb: 70_000, temperature_c: 71 })
const fleet = [
  machine('c-full', [busy, busy]),
  machine('a-half', [busy, gpu({})]),
  machine('b-away', [gpu({}), gpu({}), gpu({})], 'error'),
  machine('d-idle', [gpu({ name: 'NVIDIA GB10' }), gpu({})]),
]
const everything = { sort: 'list', shown: 'all', search: '' } as const
const names = (machines: MachineNow[]) => machines.map(({ connection }) => connection.name)

describe('the fleet', () => {
  it('is in the order that was chosen', () => {
    expect(names(inOrder(fleet, everything))).toEqual(['c-full', 'a-half', 'b-away', 'd-idle'])
    expect(names(inOrder(fleet, { ...everything, sort: 'name' }))).toEqual([
      'a-half',
      'b-away',
      'c-full',
      'd-idle',
    ])
    expect(names(inOrder(fleet, { ...everything, sort: 'free' }))).toEqual([
      'd-idle',
      'a-half',
      'c-full',
      'b-away',
    ])
    expect(names(inOrder(fleet, { ...everything, sort: 'busy' }))[0]).toBe('c-full')
    expect(names(inOrder(fleet, { ...everything, sort: 'health' }))[0]).toBe('b-away')
  })

  it('shows what every word of the filter names', () => {
    expect(names(inOrder(fleet, { ...everything, search: 'GB10 idle' }))).toEqual(['d-idle'])
    expect(names(inOrder(fleet, { ...everything, search: 'mia@' }))).toHaveLength(4)
    expect(names(inOrder(fleet, { ...everything, search: 'nothing' }))).toEqual([])
  })

  it('never takes the GPUs of a machine that is away for free', () => {
    expect(names(inOrder(fleet, { ...everything, shown: 'free' }))).toEqual(['a-half', 'd-idle'])
    expect(totalsOf(fleet)).toMatchObject({ machines: 4, connected: 3, gpus: 6, freeGpus: 3 })
  })

  it('counts a GPU that says nothing neither as free nor as in use', () => {
    const silent = gpu({
      uuid: 'silent',
      gpu_utilization: null,
      memory_used_mb: null,
      health: { status: 'fault', reasons: [] },
    })
    const latched = gpu({
      uuid: 'latched',
      gpu_utilization: 94,
      health: { status: 'fault', reasons: [] },
    })
    expect(totalsOf([machine('a', [silent, latched, gpu({})])])).toMatchObject({
      gpus: 3,
      freeGpus: 1,
      usedGpus: 1,
    })
  })

  it('finds the machines in trouble', () => {
    const faulty = machine('e-faulty', [gpu({ health: { status: 'fault', reasons: [] } })])
    expect(names(inOrder([...fleet, faulty], { ...everything, shown: 'trouble' }))).toEqual([
      'b-away',
      'e-faulty',
    ])
  })

  it('counts the whole pool of a unified machine as memory, unknown power as unknown, and no GPU twice', () => {
    const spark = gpu({
      gpu_utilization: 81,
      memory_kind: 'unified',
      memory_used_mb: 10_000,
      memory_total_mb: 120_000,
      memory_available_mb: 90_000,
      power_watts: null,
    })
    expect(totalsOf([machine('spark', [spark])])).toMatchObject({
      freeGpus: 1,
      usedGpus: 0,
      memoryUsedMb: 30_000,
      memoryTotalMb: 120_000,
      powerWatts: null,
    })
  })
})
