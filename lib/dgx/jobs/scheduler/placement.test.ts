import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FleetGpu, type FleetMachine, place, type Waiting, whyNever } from './placement'

const gpu = (index: number, more: Partial<FleetGpu> = {}): FleetGpu => ({
  uuid: `GPU-${index}`,
  index,
  name: 'A100',
  memory_total_mb: 80_000,
  shared_free_mb: null,
  block: null,
  ...more,
})
const held = { reason: 'held_by_job', message: '' } as const
const machine = (
  id: string,
  gpus: FleetMachine['gpus'],
  more: Partial<FleetMachine> = {},
): FleetMachine => ({
  id,
  name: id,
  isConnected: true,
  isWanted: true,
  isReadOnly: false,
  isFresh: true,
  gpus,
  ...more,
})
const fleet = (...machines: FleetMachine[]) =>
  new Map(machines.map((machine) => [machine.id, machine]))
const job = (id: string, gpus: number, more: Partial<Waiting> = {}): Waiting => ({
  id,
  gpus,
  gpu_indices: null,
  min_gpu_memory_mb: null,
  machine_ids: ['a'],
  ...more,
})
/** `x: a 0 1` for a start, `x: no_gpu_free` for a wait. */
const decide = (jobs: Waiting[], machines: Map<string, FleetMachine>) =>
  place(jobs, machines).map((placement) =>
    placement.machine
      ? `${placement.job_id}: ${[placement.machine.id, ...placement.gpus.map(({ index }) => index)].join(' ')}`
      : `${placement.job_id}: ${placement.wait_reason}`,
  )

describe('place', () => {
  it('gives each job GPUs of its own, in their order', () => {
    const machines = fleet(machine('a', [gpu(0), gpu(1), gpu(2)]))
    expect(decide([job('x', 2), job('y', 1), job('z', 1)], machines)).toEqual([
      'x: a 0 1',
      'y: a 2',
      'z: no_gpu_free',
    ])
  })

  it('keeps free GPUs for the job before, and lets pass what needs none of them', () => {
    const machines = fleet(
      machine('a', [gpu(0), gpu(1, { block: held }), gpu(2, { memory_total_mb: 40_000 })]),
    )
    const large = { min_gpu_memory_mb: 80_000 }
    expect(
      decide([job('head', 2, large), job('x', 1, large), job('y', 1), job('cpu', 0)], machines),
    ).toEqual(['head: no_gpu_free', 'x: behind_others', 'y: a 2', 'cpu: a'])
  })

  it('keeps GPUs only on the machine where the job lacks the fewest', () => {
    const pool = { machine_ids: ['a', 'b'] }
    const machines = fleet(
      machine('a', [gpu(0), gpu(1, { block: held }), gpu(2, { block: held })]),
      machine('b', [gpu(0), gpu(1), gpu(2, { block: held })]),
    )
    expect(decide([job('head', 3, pool), job('x', 1, pool), job('y', 1, pool)], machines)).toEqual([
      'head: no_gpu_free',
      'x: a 0',
      'y: behind_others',
    ])
  })

  it('takes the first machine of a pool that fits, and the smallest GPUs there', () => {
    const machines = fleet(
      machine('a', [gpu(0, { block: held })]),
      machine('b', [gpu(0), gpu(1, { memory_total_mb: 40_000 })]),
    )
    expect(decide([job('x', 1, { machine_ids: ['a', 'b'] })], machines)).toEqual(['x: b 1'])
  })

  it('decides by free memory where it is shared', () => {
    const machines = fleet(machine('a', [gpu(0, { shared_free_mb: 30_000 })]))
    expect(decide([job('x', 1, { min_gpu_memory_mb: 30_001 })], machines)).toEqual([
      'x: no_gpu_free',
    ])
    expect(decide([job('x', 1, { min_gpu_memory_mb: 30_000 })], machines)).toEqual(['x: a 0'])
  })

  it('says why a job waits', () => {
    const why = (wanted: Waiting, ...machines: FleetMachine[]) =>
      decide([wanted], fleet(...machines))
    const off = { isConnected: false }
    expect(why(job('x', 1))).toEqual(['x: no_machine'])
    expect(why(job('x', 0), machine('a', null, off))).toEqual(['x: host_unreachable'])
    expect(why(job('x', 0), machine('a', null, { ...off, isWanted: false }))).toEqual([
      'x: host_disconnected',
    ])
    expect(why(job('x', 1), machine('a', null))).toEqual(['x: gpus_unknown'])
    expect(why(job('x', 1), machine('a', [gpu(0)], { isFresh: false }))).toEqual([
      'x: gpus_unknown',
    ])
    expect(why(job('x', 2), machine('a', [gpu(0)]))).toEqual(['x: does_not_fit'])
    const fault = { reason: 'gpu_unhealthy', message: '' } as const
    expect(why(job('x', 1), machine('a', [gpu(0, { block: fault })]))).toEqual(['x: gpu_unhealthy'])
  })

  it('starts nothing on a machine that is read-only, and says so where no other one will do', () => {
    const a = machine('a', [gpu(0), gpu(1)], { isReadOnly: true })
    const b = machine('b', [gpu(0)])
    const both = { machine_ids: ['a', 'b'] }
    const wishes = [
      job('x', 1),
      job('cpu', 0),
      job('y', 1, both),
      job('z', 2, both),
      job('w', 1, both),
    ]
    expect(decide(wishes, fleet(a, b))).toEqual([
      'x: machine_read_only',
      'cpu: machine_read_only',
      'y: b 0',
      'z: machine_read_only',
      'w: no_gpu_free',
    ])
    const [wait] = place([job('x', 1)], fleet(a))
    expect(wait).toMatchObject({ message: expect.stringContaining('Waits until a may') })
  })

  it('tells what can never fit, and takes nothing for impossible that is not known', () => {
    const two = machine('a', [gpu(0), gpu(1, { memory_total_mb: 40_000 })])
    expect(whyNever(job('x', 3), [two])).toContain('a has 2 GPUs, the job asks for 3')
    expect(whyNever(job('x', 2, { gpu_indices: [1, 7] }), [two])).toContain('a has no GPU 7')
    expect(whyNever(job('x', 2, { min_gpu_memory_mb: 50_000 }), [two])).toContain(
      '1 GPU with 50000 MB',
    )
    expect(whyNever(job('x', 3), [two, machine('b', null)])).toBeNull()
    expect(whyNever(job('x', 2), [machine('a', [gpu(0, { block: held }), gpu(1)])])).toBeNull()
  })
})

describe('place, over time', () => {
  const wish = fc.record({
    gpus: fc.integer({ min: 0, max: 8 }),
    indices: fc.option(fc.uniqueArray(fc.integer({ min: 0, max: 7 }), { minLength: 1 })),
    memory: fc.option(fc.constantFrom(20_000, 40_000, 80_000)),
    machines: fc.constantFrom(['a'], ['b'], ['a', 'b'], ['b', 'a']),
    rounds: fc.integer({ min: 1, max: 4 }),
  })
  const sizes = fc.array(fc.constantFrom(40_000, 80_000), { minLength: 1, maxLength: 8 })

  it('never gives a GPU twice, and ends every job that fits while small ones keep coming', () => {
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 20 }), sizes, sizes, (wishes, a, b) => {
        const holders = new Map<string, { job: string; left: number }>()
        const build = () =>
          fleet(
            ...[a, b].map((memories, m) => {
              const id = m === 0 ? 'a' : 'b'
              return machine(
                id,
                memories.map((memory_total_mb, index) =>
                  gpu(index, {
                    uuid: `${id}${index}`,
                    memory_total_mb,
                    block: holders.has(`${id}${index}`) ? held : null,
                  }),
                ),
              )
            }),
          )
        const rounds = new Map(wishes.map((wanted, i) => [`j${i}`, wanted.rounds]))
        let waiting = wishes
          .map((wanted, i) =>
            job(`j${i}`, wanted.indices?.length ?? wanted.gpus, {
              gpu_indices: wanted.indices,
              min_gpu_memory_mb: wanted.memory,
              machine_ids: wanted.machines,
            }),
          )
          .filter((wanted) => {
            const all = build()
            return !whyNever(
              wanted,
              wanted.machine_ids.flatMap((id) => all.get(id) ?? []),
            )
          })
        const mine = new Set(waiting.map(({ id }) => id))
        for (let round = 0; waiting.some(({ id }) => mine.has(id)); round += 1) {
          expect(round, 'rounds until all have started').toBeLessThan(4 * 20 + 10)
          for (const [uuid, holder] of holders) {
            holder.left -= 1
            if (holder.left <= 0) holders.delete(uuid)
          }
          // Small ones arrive behind all the time; none may pass a job that could use the GPU.
          waiting.push(
            ...Array.from({ length: 3 }, (_, i) =>
              job(`late${round}-${i}`, 1, { machine_ids: ['a', 'b'] }),
            ),
          )
          const placements = place(waiting, build())
          for (const { job_id, ...placement } of placements) {
            if (placement.machine === null) continue
            for (const { uuid } of placement.gpus) {
              expect(holders.has(uuid), `${uuid} given twice`).toBe(false)
              holders.set(uuid, { job: job_id, left: rounds.get(job_id) ?? 2 })
            }
          }
          const started = new Set(
            placements.filter(({ machine }) => machine).map(({ job_id }) => job_id),
          )
          waiting = waiting.filter(({ id }) => !started.has(id))
        }
      }),
      { numRuns: 300 },
    )
  })
})
