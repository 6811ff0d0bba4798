'use client'

import { X } from 'lucide-react'
import { Field } from '../../ui/field'
import { Select } from '../../ui/select'

export type JobChoice = { id: string; name: string; status: string }

/** Jobs that must have completed before. */
export function DependsChoice({
  ids,
  jobs,
  error,
  onChange,
}: {
  ids: readonly string[]
  jobs: readonly JobChoice[]
  error: string | undefined
  onChange: (ids: string[]) => void
}) {
  const left = jobs.filter(({ id }) => !ids.includes(id))
  return (
    <div className="flex flex-col gap-2">
      <Field label="Depends on" error={error} hint="Starts once these jobs have completed.">
        <Select
          value=""
          disabled={left.length === 0}
          onChange={(event) => onChange([...ids, event.target.value])}
        >
          <option value="" disabled>
            {left.length === 0 ? 'There is no job to wait for' : 'Add a job…'}
          </option>
          {left.map(({ id, name, status }) => (
            <option key={id} value={id}>
              {name} ({status})
            </option>
          ))}
        </Select>
      </Field>
      {ids.length > 0 && (
        <ul className="flex flex-wrap gap-1.5" aria-label="Depends on">
          {ids.map((id) => {
            const name = jobs.find((job) => job.id === id)?.name ?? id
            return (
              <li
                key={id}
                className="flex max-w-full items-center gap-1 rounded-full border border-line bg-sunken pl-2.5 text-xs"
              >
                <span className="truncate">{name}</span>
                <button
                  type="button"
                  aria-label={`Do not wait for ${name}`}
                  className="rounded-full p-1.5 text-soft hover:text-ink"
                  onClick={() => onChange(ids.filter((other) => other !== id))}
                >
                  <X aria-hidden="true" className="size-3" />
                </button>
              </li>
            )
          })}
        </ul>
      )}
    </div>
  )
}
