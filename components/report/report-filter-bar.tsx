'use client'

import { inputClass } from '../ui/field'
import { Segmented } from '../ui/segmented'
import { Select } from '../ui/select'
import { useFilters } from '../use-filters'
import { PERIODS, type ReportFilters, writeReportFilters } from './report-filters'

type Named = { id: string; name: string }

/** Period, machine and project of the report. Without a script it is a plain form. */
export function ReportFilterBar({
  filters,
  shown,
  machines,
  projects,
}: {
  filters: ReportFilters
  /** The days that are shown, for a period of one's own to begin with; the last one is today at most. */
  shown: { from: string; to: string; today: string }
  machines: readonly Named[]
  projects: readonly Named[]
}) {
  const { wanted, change, isPending } = useFilters(filters, writeReportFilters)
  const isCustom = wanted.period === 'custom'
  const days = isCustom ? wanted : shown
  return (
    <search className="print:hidden">
      <form aria-label="Filter" aria-busy={isPending} className="flex flex-wrap items-center gap-2">
        <Segmented
          label="Period"
          value={wanted.period}
          options={[
            ...PERIODS.map(({ key, label }) => ({ value: key, label })),
            { value: 'custom' as const, label: 'Custom' },
          ]}
          onChange={(period) =>
            change(
              period === 'custom'
                ? { period, from: shown.from, to: shown.to }
                : { period, from: '', to: '' },
            )
          }
        />
        {isCustom &&
          (['from', 'to'] as const).map((edge) => (
            <input
              key={edge}
              type="date"
              name={edge}
              aria-label={edge === 'from' ? 'From (UTC)' : 'To (UTC), this day included'}
              className={`${inputClass} w-36 max-sm:flex-1`}
              value={days[edge]}
              min={edge === 'to' ? days.from : undefined}
              max={edge === 'from' ? days.to : shown.today}
              required
              onChange={(event) => event.target.value && change({ [edge]: event.target.value })}
            />
          ))}
        <div className="flex gap-2 max-sm:w-full sm:ml-auto">
          <Choice
            label="Machine"
            all="All machines"
            value={wanted.machine}
            of={machines}
            onChoice={(machine) => change({ machine })}
          />
          <Choice
            label="Project"
            all="All projects"
            value={wanted.project}
            of={projects}
            onChoice={(project) => change({ project })}
          />
        </div>
        <noscript>
          <button type="submit">Apply</button>
        </noscript>
      </form>
    </search>
  )
}

function Choice(props: {
  label: string
  all: string
  value: string
  of: readonly Named[]
  onChoice: (id: string) => void
}) {
  return (
    <Select
      name={props.label.toLowerCase()}
      aria-label={props.label}
      className="sm:w-44"
      value={props.value}
      onChange={(event) => props.onChoice(event.target.value)}
    >
      <option value="">{props.all}</option>
      {props.of.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </Select>
  )
}
