import type { ComponentProps } from 'react'
import { ListPages } from '../list-pages'
import { type JobFilters, writeFilters } from './job-filters'

/** How many jobs of how many are shown, and the way to the others. */
export function JobPages({
  filters,
  pathname,
  ...counts
}: {
  filters: JobFilters
  pathname: string
} & Pick<ComponentProps<typeof ListPages>, 'shown' | 'total' | 'nextCursor'>) {
  return (
    <ListPages
      noun={['job', 'jobs']}
      href={(cursor) => `${pathname}${writeFilters({ ...filters, cursor })}`}
      cursor={filters.cursor}
      {...counts}
    />
  )
}
