'use client'

import { CircleAlert } from 'lucide-react'
import { useId } from 'react'
import { Checkbox } from '../../ui/checkbox'
import { Segmented } from '../../ui/segmented'
import type { OrderValues } from './order-values'

/** A machine, and how many of its GPUs a job could have now; null where that is not known. */
export type MachineChoice = {
  id: string
  name: string
  status: string
  isReadOnly: boolean
  gpus: { free: number; all: number } | null
}

/** Where a job may run, with what is free there. */
export function PlaceChoice({
  values,
  machines,
  ofProject,
  error,
  onChange,
}: {
  values: Pick<OrderValues, 'place' | 'machines'>
  machines: readonly MachineChoice[]
  /** The machine of the chosen project. */
  ofProject: MachineChoice | null
  error: string | undefined
  onChange: (changes: Partial<OrderValues>) => void
}) {
  const id = useId()
  const { place, machines: chosen } = values
  return (
    <fieldset className="flex min-w-0 flex-col gap-2" aria-describedby={error ? id : undefined}>
      <legend className="mb-1.5 font-medium">Machine</legend>
      <div>
        <Segmented
          label="Machine"
          value={place}
          onChange={(value) => onChange({ place: value })}
          options={[
            { value: 'project', label: "The project's", disabled: !ofProject },
            { value: 'these', label: 'Choose' },
            { value: 'any', label: 'Any' },
          ]}
        />
      </div>
      {place === 'project' && ofProject && (
        <p className="text-soft">
          <span className="font-medium text-ink">{ofProject.name}</span>: {freeText(ofProject)}
        </p>
      )}
      {place === 'any' && (
        <p className="text-soft">The first machine with enough free GPUs: {allText(machines)}.</p>
      )}
      {place === 'these' && (
        <div className="flex flex-col gap-1.5">
          {machines.map((machine) => (
            <Checkbox
              key={machine.id}
              label={machine.name}
              hint={freeText(machine)}
              checked={chosen.includes(machine.id)}
              onChange={(event) =>
                onChange({
                  machines: event.target.checked
                    ? [...chosen, machine.id]
                    : chosen.filter((each) => each !== machine.id),
                })
              }
            />
          ))}
          {chosen.length > 1 && <p className="text-soft text-xs">The first that fits takes it.</p>}
        </div>
      )}
      {error && (
        <p id={id} role="alert" className="flex gap-1.5 text-bad text-xs">
          <CircleAlert aria-hidden="true" className="mt-px size-3.5 shrink-0" />
          {error}
        </p>
      )}
    </fieldset>
  )
}

function freeText({ gpus, status, isReadOnly }: MachineChoice): string {
  if (isReadOnly) return 'read-only; nothing starts there'
  if (status === 'disconnected') return 'not connected; a job waits until it is'
  if (status !== 'connected') return `${status}; a job waits until it is connected`
  if (gpus === null) return 'its GPUs are not known yet'
  return `${gpus.free} of ${gpus.all} ${gpus.all === 1 ? 'GPU' : 'GPUs'} free now`
}

function allText(machines: readonly MachineChoice[]): string {
  const known = machines.flatMap(({ gpus, status, isReadOnly }) =>
    gpus && status === 'connected' && !isReadOnly ? [gpus] : [],
  )
  if (known.length === 0) return 'none is connected now'
  const sum = (key: 'free' | 'all') => known.reduce((total, gpus) => total + gpus[key], 0)
  return `${sum('free')} of ${sum('all')} GPUs are free on ${known.length === 1 ? 'one machine' : `${known.length} machines`}`
}
