import { SearchX } from 'lucide-react'
import Link from 'next/link'
import { buttonClass } from './ui/button'
import { PageHeader } from './ui/card'
import { EmptyState } from './ui/empty-state'

/** In place of a page that is not there. */
export function NothingHere() {
  return (
    <>
      <PageHeader title="There is nothing here" />
      <EmptyState title="No such page (404)" icon={<SearchX />}>
        <p>
          What was at this address may have been deleted or renamed, or the address has a slip. On
          any page, Ctrl K finds machines, projects and jobs by name.
        </p>
        <div className="flex flex-wrap gap-2">
          <Link href="/" className={buttonClass('primary')}>
            Go to the overview
          </Link>
          <Link href="/connections" className={buttonClass()}>
            All machines
          </Link>
        </div>
      </EmptyState>
    </>
  )
}
