'use client'

import { FilterForm, SearchField } from '../filter-form'
import { Select } from '../ui/select'
import { useFilters } from '../use-filters'
import { type JobFilters, SORTS, STATUSES, writeFilters } from './job-filters'

/** Search, status, project and order of a list of jobs. */
export function JobFilterBar({
  filters,
  projects,
}: {
  filters: JobFilters
  /** Left out where all jobs are of one project. */
  projects?: { id: string; name: string }[]
}) {
  const { wanted, change, isPending } = useFilters(filters, writeFilters)
  const toggle = (status: JobFilters['status'][number], isOn: boolean) =>
    STATUSES.filter((other) => (other === status ? isOn : wanted.status.includes(other)))
  return (
    <FilterForm
      isPending={isPending}
      className="flex flex-wrap items-center gap-x-4 gap-y-2"
      onSubmit={() => change({ cursor: '' })}
    >
      <SearchField
        value={wanted.search}
        onChange={(search) => change({ search, cursor: '' }, true)}
      />
      <fieldset className="flex flex-wrap gap-1.5">
        <legend className="sr-only">Only jobs that are</legend>
        {STATUSES.map((status) => (
          <label
            key={status}
            className="inline-flex min-h-9 cursor-pointer items-center gap-1.5 rounded-md border border-line px-2.5 has-checked:border-accent has-checked:bg-sunken"
          >
            <input
              type="checkbox"
              name="status"
              value={status}
              className="accent-accent"
              checked={wanted.status.includes(status)}
              onChange={(event) =>
                change({ status: toggle(status, event.target.checked), cursor: '' })
              }
            />
            {status}
          </label>
        ))}
      </fieldset>
      <div className="flex min-w-0 flex-1 gap-2 max-sm:basis-full sm:justify-end">
        {projects && (
          <Select
            name="project_id"
            aria-label="Project"
            className="sm:max-w-52"
            value={wanted.project_id}
            onChange={(event) => change({ project_id: event.target.value, cursor: '' })}
          >
            <option value="">All projects</option>
            {projects.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </Select>
        )}
        <Select
          name="sort"
          aria-label="Order"
          className="sm:max-w-40"
          value={wanted.sort}
          onChange={(event) => {
            const sort = SORTS.find(({ key }) => key === event.target.value)?.key
            if (sort) change({ sort, cursor: '' })
          }}
        >
          {SORTS.map(({ key, label }) => (
            <option key={key} value={key}>
              {label}
            </option>
          ))}
        </Select>
      </div>
    </FilterForm>
  )
}
