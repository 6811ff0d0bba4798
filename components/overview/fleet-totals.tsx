import { gib, number } from '../format'
import type { Totals } from './fleet-order'

/** The whole fleet in five numbers. */
export function FleetTotals({ totals, jobs }: { totals: Totals; jobs: number }) {
  const { gpus, freeGpus, usedGpus, memoryUsedMb, memoryTotalMb, connected, machines } = totals
  const parts = [
    {
      label: 'GPUs free',
      value: String(freeGpus),
      of: `of ${gpus}, ${usedGpus} in use`,
      share: share(usedGpus, gpus),
    },
    {
      label: 'GPU memory',
      value: gib(memoryUsedMb),
      of: `of ${gib(memoryTotalMb)}`,
      share: share(memoryUsedMb, memoryTotalMb),
    },
    { label: 'Power', ...power(totals.powerWatts), share: null },
    { label: 'Jobs running', value: String(jobs), of: '', share: null },
    {
      label: 'Machines connected',
      value: String(connected),
      of: `of ${machines}`,
      share: null,
    },
  ]
  return (
    <dl className="grid grid-cols-2 gap-px overflow-clip rounded-lg border border-line bg-line shadow-sm sm:grid-cols-3 lg:grid-cols-5">
      {parts.map(({ label, value, of, share }) => (
        <div
          key={label}
          className="flex min-w-0 grow flex-col bg-raised px-4 py-3 last:col-span-full sm:last:col-span-2 lg:last:col-span-1"
        >
          <dt className="text-soft text-xs">{label}</dt>
          <dd className="mt-0.5 flex flex-wrap items-baseline gap-x-1.5 tabular-nums">
            <span className="font-semibold text-2xl tracking-tight">{value}</span>
            <span className="whitespace-nowrap text-soft text-xs">{of}</span>
          </dd>
          {share !== null && (
            <dd aria-hidden="true" className="mt-2 h-1 overflow-hidden rounded-full bg-track">
              <span
                className="block h-full rounded-full bg-accent"
                style={{ width: `${100 * share}%` }}
              />
            </dd>
          )}
        </div>
      ))}
    </dl>
  )
}

function share(part: number, whole: number): number | null {
  return whole > 0 ? Math.min(1, part / whole) : null
}

const KILO = 1_000

function power(watts: number | null): { value: string; of: string } {
  if (watts === null || watts < KILO) return { value: number(watts), of: watts === null ? '' : 'W' }
  return { value: number(watts / KILO, '', 2), of: 'kW' }
}
