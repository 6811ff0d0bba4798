'use client'

import { useRouter } from 'next/navigation'
import { Select } from '../ui/select'
import { compareHref, MOST_COMPARED } from './compare-ids'

type Choice = { id: string; name: string; project: string | null }

/** Chooses one more job for a comparison. */
export function AddToComparison({
  ids,
  isAll,
  choices,
}: {
  ids: string[]
  isAll: boolean
  choices: Choice[]
}) {
  const router = useRouter()
  if (ids.length >= MOST_COMPARED)
    return <p className="self-center text-soft">{MOST_COMPARED} jobs, the most that fit.</p>
  const groups = [...new Set(choices.map(({ project }) => project))]
  return (
    <div className="w-56">
      <Select
        aria-label="Add a job"
        value=""
        onChange={(event) => router.push(compareHref([...ids, event.target.value], { all: isAll }))}
      >
        <option value="" disabled>
          Add a job…
        </option>
        {groups.map((group) => (
          <optgroup key={group} label={group ?? 'without a project'}>
            {choices
              .filter(({ project }) => project === group)
              .map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
          </optgroup>
        ))}
      </Select>
    </div>
  )
}
