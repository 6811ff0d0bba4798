import type { FastValues } from './fields'
import type { QueryResult, Row } from './rows'

/** A GPU that the machine has, as first seen: it must not vanish when it stops answering. */
export type KnownGpu = {
  uuid: string
  index: number | null
  pci_bus_id: string | null
  name: string | null
}

/** How a GPU of the machine answered this time. */
export type Presence =
  | { kind: 'read'; gpu: KnownGpu; row: Row<FastValues> }
  | { kind: 'lost'; gpu: KnownGpu }
  | { kind: 'unreadable'; gpu: KnownGpu }

/** The key of a row: its uuid, else its bus id, else (a Jetson names neither) its index. */
function identify({ uuid, index, pci_bus_id, name }: FastValues): KnownGpu {
  return { uuid: uuid ?? pci_bus_id ?? `gpu-${index}`, index, pci_bus_id, name }
}

/**
 * Joins an answer with the GPUs seen before. One that is missing is lost when the driver names
 * it, when it answered for others, or when it finds none at all; else nothing is known about it.
 */
export function reconcile(query: QueryResult<FastValues>, known: readonly KnownGpu[]): Presence[] {
  const lost = new Set(query.lostBusIds)
  const hasNone = query.errors.some(({ code }) => code === 'no_devices')
  const hasAnswered = hasNone || (query.rows.length > 0 && query.isComplete)
  const present = readRowsOf(query.rows, known)
  const seen = new Set(present.map(({ gpu }) => gpu.uuid))
  const seenBusIds = new Set(present.flatMap(({ gpu }) => gpu.pci_bus_id ?? []))
  const missing: Presence[] = known
    // The same slot with another uuid is another card, or the one known by its slot so far.
    .filter(
      ({ uuid, pci_bus_id }) =>
        !seen.has(uuid) && !(pci_bus_id !== null && seenBusIds.has(pci_bus_id)),
    )
    .map((gpu) => {
      const isNamed = gpu.pci_bus_id !== null && lost.has(gpu.pci_bus_id)
      return { kind: isNamed || hasAnswered ? 'lost' : 'unreadable', gpu }
    })
  const accounted = new Set([...present, ...missing].map(({ gpu }) => gpu.pci_bus_id))
  const strangers: Presence[] = [...lost]
    .filter((busId) => !accounted.has(busId))
    .map((busId) => ({
      kind: 'lost',
      gpu: { uuid: busId, index: null, pci_bus_id: busId, name: null },
    }))
  return [...present, ...missing, ...strangers].sort(byIndex)
}

/** Each GPU once: a row without a uuid counts only where no other one speaks for its card. */
function readRowsOf(rows: readonly Row<FastValues>[], known: readonly KnownGpu[]): Presence[] {
  const byUuid = new Map<string, Presence>()
  for (const row of rows) {
    const gpu = withKnown(identify(row.values), row, known)
    if (row.values.uuid !== null || !byUuid.has(gpu.uuid)) {
      byUuid.set(gpu.uuid, { kind: 'read', gpu, row })
    }
  }
  return [...byUuid.values()]
}

/** A row that lost its uuid or name to a fault is still the card that was in this slot. */
function withKnown(gpu: KnownGpu, row: Row<FastValues>, known: readonly KnownGpu[]): KnownGpu {
  const hasUuid = row.values.uuid !== null
  const before = known.find(({ uuid, pci_bus_id, index }) => {
    if (hasUuid) return uuid === gpu.uuid
    if (gpu.pci_bus_id !== null) return pci_bus_id === gpu.pci_bus_id
    return index !== null && index === gpu.index
  })
  if (before === undefined) return gpu
  return {
    uuid: before.uuid,
    index: gpu.index ?? before.index,
    pci_bus_id: gpu.pci_bus_id ?? before.pci_bus_id,
    name: gpu.name ?? before.name,
  }
}

function byIndex(a: Presence, b: Presence): number {
  return (a.gpu.index ?? Number.MAX_SAFE_INTEGER) - (b.gpu.index ?? Number.MAX_SAFE_INTEGER)
}
