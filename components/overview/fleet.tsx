'use client'

import { LayoutGrid, Rows3, SearchX } from 'lucide-react'
import { useState } from 'react'
import type { ConnectionWithStatus } from '@/lib/dgx/connections/answers'
import type { Metrics } from '@/lib/dgx/gpu/types'
import type { Job } from '@/lib/dgx/jobs/records'
import type { RecentSample } from '@/lib/recent-sample'
import { Button } from '../ui/button'
import { Card } from '../ui/card'
import { cn } from '../ui/cn'
import { EmptyState } from '../ui/empty-state'
import { inputClass } from '../ui/field'
import { Segmented } from '../ui/segmented'
import { Select } from '../ui/select'
import { Table } from '../ui/table'
import { inOrder, SHOWN, type Shown, SORTS, type Sort, totalsOf } from './fleet-order'
import { FleetTotals } from './fleet-totals'
import { MachineCard } from './machine-card'
import { COLUMNS, MachineRow } from './machine-row'
import { type Preferences, savePreferences } from './preferences'
import { useFleet } from './use-fleet'

export type FleetJob = Pick<Job, 'id' | 'name'>

export type FleetMachine = {
  connection: ConnectionWithStatus
  metrics: Metrics | null
  samples: RecentSample[]
  /** Those that run. */
  jobs: FleetJob[]
}

/** All machines, as somebody likes to see them. */
export function Fleet({
  machines: first,
  preferences: before,
  runningJobs,
}: {
  machines: FleetMachine[]
  preferences: Preferences
  runningJobs: number
}) {
  const [preferences, setPreferences] = useState(before)
  const machines = useFleet(first)
  const change = (part: Partial<Preferences>) => {
    const next = { ...preferences, ...part }
    setPreferences(next)
    savePreferences(next)
  }
  const shown = inOrder(machines, preferences)
  return (
    <>
      <FleetTotals totals={totalsOf(machines)} jobs={runningJobs} />
      <div className="flex flex-wrap items-center gap-2">
        <input
          type="search"
          aria-label="Filter machines"
          placeholder="Filter by name, user, model or status"
          value={preferences.search}
          onChange={(event) => change({ search: event.target.value })}
          className={cn(inputClass, 'basis-full sm:max-w-72 sm:flex-1 sm:basis-40')}
        />
        <Select
          aria-label="Which machines"
          value={preferences.shown}
          onChange={(event) => change({ shown: event.target.value as Shown })}
          className="w-auto max-sm:flex-1"
        >
          {SHOWN.map(({ value, text }) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </Select>
        <Select
          aria-label="Order"
          value={preferences.sort}
          onChange={(event) => change({ sort: event.target.value as Sort })}
          className="w-auto max-sm:flex-1"
        >
          {SORTS.map(({ value, text }) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </Select>
        <div className="ml-auto max-sm:[&_label>span]:sr-only">
          <Segmented
            label="View"
            value={preferences.view}
            onChange={(view) => change({ view })}
            options={[
              { value: 'grid', label: 'Grid', icon: <LayoutGrid className="size-3.5" /> },
              { value: 'table', label: 'Table', icon: <Rows3 className="size-3.5" /> },
            ]}
          />
        </div>
      </div>
      {shown.length === 0 ? (
        <EmptyState title="No machine matches" icon={<SearchX />}>
          <p>None of the {machines.length} machines fits this filter.</p>
          <Button onClick={() => change({ search: '', shown: 'all' })}>Show all machines</Button>
        </EmptyState>
      ) : preferences.view === 'grid' ? (
        <div className="grid gap-4 md:grid-cols-2 2xl:grid-cols-3">
          {shown.map(({ first }) => (
            <MachineCard key={first.connection.id} machine={first} />
          ))}
        </div>
      ) : (
        <Card flush>
          <Table caption="Machines" head={COLUMNS}>
            {shown.map(({ first }) => (
              <MachineRow key={first.connection.id} machine={first} />
            ))}
          </Table>
        </Card>
      )}
    </>
  )
}
