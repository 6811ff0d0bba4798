import { describe, expect, it } from 'vitest'
import type { GpuProcess, GpuSample, Metrics } from '../../gpu/types'
import { freeGpus, toFleetMachine } from './fleet'

const gpu = (more: Partial<GpuSample> = {}) =>
  ({
    uuid: 'GPU-0',
    index: 0,
    name: 'A100',
    memory_total_mb: 80_000,
    memory_available_mb: 79_000,
    memory_kind: 'dedicated',
    health: { status: 'ok', reasons: [] },
    processes: [],
    ...more,
  }) as unknown as GpuSample
const process = (memory_used_mb: number | null): GpuProcess => ({
  pid: 7,
  name: 'python',
  user: 'ada',
  command: null,
  memory_used_mb,
  job_id: null,
})

const MACHINE = { id: 'a', name: 'a', is_active: true }
const reading = (gpus: GpuSample[], more: Partial<Metrics> = {}) =>
  ({ gpus, gpus_recorded_at: 'now', stale: false, ...more }) as unknown as Metrics
const LIMITS = { maxForeignMb: 200, sharedMarginMb: 4096 }

function free(more: Partial<GpuSample>, leases: { gpu_uuid: string; job_id: string }[] = []) {
  const [only] =
    toFleetMachine({
      ...{ connection: MACHINE, isReadOnly: false, isConnected: true },
      ...{ metrics: reading([gpu(more)]), leases, limits: LIMITS },
    }).gpus ?? []
  return only
}

describe('which GPUs are free', () => {
  it('leaves out held, faulty and used ones, and says why', () => {
    expect(free({})?.block).toBeNull()
    expect(free({}, [{ gpu_uuid: 'GPU-0', job_id: 'j' }])?.block?.reason).toBe('held_by_job')
    expect(
      free({ health: { status: 'fault', reasons: [{ code: 'gpu_lost', message: 'gone' }] } })
        ?.block,
    ).toEqual({ reason: 'gpu_unhealthy', message: 'gone' })
    expect(free({ processes: [process(150), process(51)] })?.block).toEqual({
      reason: 'foreign_process',
      message: "Process 7 of ada (python) holds 150 MB of it and is no job's.",
    })
    expect(free({ processes: [process(null)] })?.block?.reason).toBe('foreign_process')
  })

  it('takes small processes and warnings for nothing', () => {
    expect(free({ processes: [process(100), process(100)] })?.block).toBeNull()
    expect(free({ health: { status: 'warning', reasons: [] } })?.block).toBeNull()
  })

  it.each<[string, Partial<Parameters<typeof freeGpus>[0]>, (string | null)[]]>([
    ['nothing is in the way', {}, [null, null]],
    ['a job holds one', { leases: [{ gpu_uuid: 'GPU-1', job_id: 'j' }] }, [null, 'held_by_job']],
    [
      'somebody else uses one',
      { metrics: reading([gpu({ processes: [process(900)] }), gpu({ uuid: 'GPU-1' })]) },
      ['foreign_process', null],
    ],
    [
      'memory is shared',
      { metrics: reading([gpu({ memory_kind: 'unified', processes: [process(900)] })]) },
      [null],
    ],
    [
      'one is faulty',
      { metrics: reading([gpu({ health: { status: 'fault', reasons: [] } })]) },
      ['gpu_unhealthy'],
    ],
    ['it is read-only', { isReadOnly: true }, ['machine_read_only', 'machine_read_only']],
    ['it is not connected', { isConnected: false }, ['host_unreachable', 'host_unreachable']],
    ['its sample is old', { metrics: reading([gpu()], { stale: true }) }, ['gpus_unknown']],
    [
      'only its host was read',
      { metrics: reading([gpu()], { gpus_recorded_at: null }) },
      ['gpus_unknown'],
    ],
    ['nothing is known of it', { metrics: null }, []],
  ])('says the same of a machine to jobs and to people: %s', (_, more, reasons) => {
    const facts = {
      ...{ isReadOnly: false, isConnected: true, leases: [], limits: LIMITS },
      ...{ metrics: reading([gpu(), gpu({ uuid: 'GPU-1' })]), ...more },
    }
    const gpus = toFleetMachine({ ...facts, connection: MACHINE }).gpus ?? []
    expect(gpus.map(({ block }) => block?.reason ?? null)).toEqual(reasons)
    expect(freeGpus(facts)).toEqual(
      gpus.filter(({ block }) => block === null).map(({ uuid }) => uuid),
    )
  })

  it('goes by free memory where it is shared, whoever else is on the GPU', () => {
    const shared = { memory_kind: 'unified', memory_available_mb: 50_000 } as const
    expect(free({ ...shared, processes: [process(900)] })).toMatchObject({
      block: null,
      shared_free_mb: 45_904,
    })
    expect(free({ ...shared, memory_available_mb: 1_000 })?.shared_free_mb).toBe(0)
  })
})
