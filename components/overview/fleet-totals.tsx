import { gib, number } from '../format'
import { Meter } from '../ui/meter'
import type { Totals } from './fleet-order'

/** The whole fleet in five numbers. */
export function FleetTotals({ totals, jobs }: { totals: Totals; jobs: number }) {
  const busy = totals.usedGpus
  const parts = [
    { label: 'GPUs free', value: String(totals.freeGpus), of: `of ${totals.gpus}` },
    { label: 'GPU memory', value: gib(totals.memoryUsedMb), of: `of ${gib(totals.memoryTotalMb)}` },
    { label: 'Power', value: number(totals.powerWatts, ' W'), of: '' },
    { label: 'Jobs running', value: String(jobs), of: '' },
    { label: 'Machines connected', value: String(totals.connected), of: `of ${totals.machines}` },
  ]
  return (
    <div className="flex flex-col gap-3 rounded-xl border border-line bg-raised p-4">
      <dl className="grid grid-cols-2 gap-x-6 gap-y-4 sm:grid-cols-3 lg:grid-cols-5">
        {parts.map(({ label, value, of }) => (
          <div key={label} className="min-w-0">
            <dt className="text-soft text-xs">{label}</dt>
            <dd className="mt-0.5 truncate">
              <span className="font-semibold text-2xl tabular-nums tracking-tight">{value}</span>{' '}
              <span className="text-soft text-xs tabular-nums">{of}</span>
            </dd>
          </div>
        ))}
      </dl>
      {totals.gpus > 0 && (
        <Meter
          label="GPUs in use"
          value={busy}
          max={totals.gpus}
          text={`${busy} of ${totals.gpus}`}
        />
      )}
    </div>
  )
}
