'use client'

import { FilterForm, SearchField } from '../filter-form'
import { Select } from '../ui/select'
import { useFilters } from '../use-filters'
import { PROJECT_SORTS, type ProjectFilters, writeProjectFilters } from './project-filters'

/** Search and order of the projects. */
export function ProjectFilterBar({ filters }: { filters: ProjectFilters }) {
  const { wanted, change, isPending } = useFilters(filters, writeProjectFilters)
  return (
    <FilterForm
      isPending={isPending}
      className="flex flex-wrap gap-2"
      onSubmit={() => change({ cursor: '' })}
    >
      <SearchField
        value={wanted.search}
        onChange={(search) => change({ search, cursor: '' }, true)}
      />
      <div className="w-full sm:w-40">
        <Select
          name="sort"
          aria-label="Order"
          value={wanted.sort}
          onChange={(event) => {
            const sort = PROJECT_SORTS.find(({ key }) => key === event.target.value)?.key
            if (sort) change({ sort, cursor: '' })
          }}
        >
          {PROJECT_SORTS.map(({ key, label }) => (
            <option key={key} value={key}>
              {label}
            </option>
          ))}
        </Select>
      </div>
    </FilterForm>
  )
}
