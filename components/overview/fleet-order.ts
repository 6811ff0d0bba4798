import type { ConnectionWithStatus } from '@/lib/dgx/connections/answers'
import type { Metrics } from '@/lib/dgx/gpu/types'
import { freeGpusOf, isInUse } from '../machines/gpu-summary'

export type MachineNow = {
  connection: Pick<ConnectionWithStatus, 'id' | 'name' | 'hostname' | 'username' | 'status'>
  metrics: Metrics | null
}

export const SORTS = [
  { value: 'list', text: 'In list order' },
  { value: 'free', text: 'Most free GPUs' },
  { value: 'busy', text: 'Busiest' },
  { value: 'hot', text: 'Hottest' },
  { value: 'health', text: 'Health' },
  { value: 'name', text: 'Name' },
] as const

export type Sort = (typeof SORTS)[number]['value']

export const SHOWN = [
  { value: 'all', text: 'All' },
  { value: 'free', text: 'With a free GPU' },
  { value: 'trouble', text: 'In trouble' },
] as const

export type Shown = (typeof SHOWN)[number]['value']

/** GPUs that can be seen now; those of a machine that is away are not. */
export function gpusOf({ connection, metrics }: MachineNow) {
  return connection.status === 'connected' ? (metrics?.gpus ?? []) : []
}

/** Those of them that a job could be given. */
export function freeNow({ connection, metrics }: MachineNow) {
  return connection.status === 'connected' && metrics ? freeGpusOf(metrics) : []
}

/** The machines that the text and the choice leave, in the chosen order. Does not change its input. */
export function inOrder<T extends MachineNow>(
  machines: readonly T[],
  { sort, shown, search }: { sort: Sort; shown: Shown; search: string },
): T[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  const matches = (machine: T) => {
    const { name, hostname, username, status } = machine.connection
    const gpus = gpusOf(machine)
    const text = `${name} ${username}@${hostname} ${status} ${gpus[0]?.name ?? ''}`.toLowerCase()
    if (!words.every((word) => text.includes(word))) return false
    if (shown === 'free') return freeNow(machine).length > 0
    return shown === 'all' || troubleOf(machine) > 0
  }
  const rank = RANKS[sort]
  return machines
    .filter(matches)
    .map((machine) => ({ machine, rank: rank(machine) }))
    .sort(
      (a, b) =>
        b.rank - a.rank ||
        (sort === 'name' ? a.machine.connection.name.localeCompare(b.machine.connection.name) : 0),
    )
    .map(({ machine }) => machine)
}

/** Higher comes first; equal ones keep their order in the list. */
const RANKS: Record<Sort, (machine: MachineNow) => number> = {
  list: () => 0,
  name: () => 0,
  free: (machine) => freeNow(machine).length,
  busy: (machine) => mean(gpusOf(machine).map((gpu) => gpu.gpu_utilization)),
  hot: (machine) => Math.max(-1, ...gpusOf(machine).map((gpu) => gpu.temperature_c ?? -1)),
  health: (machine) => troubleOf(machine),
}

/** 0 when all is well; more is worse. */
function troubleOf(machine: MachineNow): number {
  const { connection, metrics } = machine
  if (connection.status === 'error') return 3
  const gpus = gpusOf(machine)
  if (gpus.some((gpu) => gpu.health.status === 'fault')) return 2
  if (gpus.some((gpu) => gpu.health.status === 'warning')) return 1
  return connection.status === 'connected' && (metrics?.errors.length ?? 0) > 0 ? 1 : 0
}

function mean(values: readonly (number | null)[]): number {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? -1 : known.reduce((sum, value) => sum + value, 0) / known.length
}

export type Totals = {
  machines: number
  connected: number
  gpus: number
  freeGpus: number
  /** Neither free, as one that shares its memory may be while it works, nor saying nothing of itself. */
  usedGpus: number
  /** Null when no GPU says. */
  powerWatts: number | null
  memoryUsedMb: number
  memoryTotalMb: number
}

export function totalsOf(machines: readonly MachineNow[]): Totals {
  const gpus = machines.flatMap(gpusOf)
  const free = new Set(machines.flatMap(freeNow))
  const powers = gpus.map((gpu) => gpu.power_watts).filter((watts) => watts !== null)
  return {
    machines: machines.length,
    connected: machines.filter(({ connection }) => connection.status === 'connected').length,
    gpus: gpus.length,
    freeGpus: free.size,
    usedGpus: gpus.filter((gpu) => isInUse(gpu) && !free.has(gpu)).length,
    powerWatts: powers.length === 0 ? null : powers.reduce((sum, watts) => sum + watts, 0),
    memoryUsedMb: sum(gpus.map((gpu) => usedMemoryMb(gpu))),
    memoryTotalMb: sum(gpus.map((gpu) => gpu.memory_total_mb)),
  }
}

/** MiB that are taken; of a pool that CPU and GPU share, by either. */
export function usedMemoryMb(gpu: Metrics['gpus'][number]): number | null {
  if (gpu.memory_kind !== 'unified') return gpu.memory_used_mb
  if (gpu.memory_total_mb === null || gpu.memory_available_mb === null) return null
  return gpu.memory_total_mb - gpu.memory_available_mb
}

function sum(values: readonly (number | null)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0)
}
