import Link from 'next/link'
import { buttonClass } from './ui/button'
import { PageHeader } from './ui/card'
import { EmptyState } from './ui/empty-state'

/** In place of a page that is not there. */
export function NothingHere() {
  return (
    <>
      <PageHeader title="There is nothing here" />
      <EmptyState title="404">
        <p>It may have been deleted, or the address has a slip.</p>
        <Link href="/" className={buttonClass('primary')}>
          Go to the overview
        </Link>
      </EmptyState>
    </>
  )
}
