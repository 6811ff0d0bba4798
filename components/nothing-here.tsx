import Link from 'next/link'
import { PageHeader } from './ui/card'

export function NothingHere() {
  return (
    <>
      <PageHeader title="There is nothing here" />
      <p>
        It may have been deleted, or the address has a slip.{' '}
        <Link href="/" className="text-accent underline">
          Go to the overview
        </Link>
        .
      </p>
    </>
  )
}
