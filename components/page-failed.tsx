'use client'

import { ServerCrash } from 'lucide-react'
import { Button } from './ui/button'
import { PageHeader } from './ui/card'
import { CopyButton } from './ui/copy-button'
import { EmptyState } from './ui/empty-state'

/** In place of a page that failed: what that means, where its cause is, and another try. */
export function PageFailed({
  error,
  retry,
}: {
  error: Error & { digest?: string }
  /** Asks the server for the page again. */
  retry: () => void
}) {
  return (
    <>
      <PageHeader title="This page could not be shown" />
      <EmptyState title="Something broke in this program" icon={<ServerCrash />}>
        <p>
          Your machines and jobs are not touched by it: they go on. It may pass by itself, as when
          the database was busy.
        </p>
        {error.digest && (
          <p className="flex flex-wrap items-center gap-1">
            The cause is in the program&apos;s log, under
            <code className="rounded-sm bg-sunken px-1 font-mono text-ink">{error.digest}</code>
            <CopyButton text={error.digest} label="Copy the number" />
          </p>
        )}
        <Button kind="primary" onClick={retry}>
          Try again
        </Button>
      </EmptyState>
    </>
  )
}
