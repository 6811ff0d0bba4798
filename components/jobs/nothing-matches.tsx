import { SearchX } from 'lucide-react'
import type { Route } from 'next'
import Link from 'next/link'
import { buttonClass } from '../ui/button'
import { EmptyState } from '../ui/empty-state'

/** There is something, but not under these filters. */
export function NothingMatches({ noun, pathname }: { noun: string; pathname: string }) {
  return (
    <EmptyState title={`No ${noun} matches`} icon={<SearchX />}>
      <p>There are others, but none fits this search and these filters.</p>
      <Link href={pathname as Route} className={buttonClass()}>
        Clear the filters
      </Link>
    </EmptyState>
  )
}
