'use client'

import { Button } from '@/components/ui/button'
import { PageHeader } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'

/** In place of a page that failed; the shell around it goes on. */
export default function ErrorPage({
  error,
  reset,
}: {
  error: Error & { digest?: string }
  reset: () => void
}) {
  return (
    <>
      <PageHeader title="This page could not be shown" />
      <EmptyState title="Something broke in this program">
        <p>
          Your machines and jobs are not touched by it. The cause is in the program&apos;s log
          {error.digest ? (
            <>
              {' '}
              under <code className="font-mono">{error.digest}</code>
            </>
          ) : null}
          .
        </p>
        <Button kind="primary" onClick={reset}>
          Try again
        </Button>
      </EmptyState>
    </>
  )
}
