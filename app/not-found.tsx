import Link from 'next/link'
import { EmptyState } from '@/components/ui/empty-state'

export default function NotFound() {
  return (
    <main className="mx-auto max-w-2xl p-6">
      <EmptyState title="There is nothing here">
        <p>
          It may have been deleted, or the address has a slip.{' '}
          <Link href="/" className="text-accent underline">
            Go to the overview
          </Link>
          .
        </p>
      </EmptyState>
    </main>
  )
}
