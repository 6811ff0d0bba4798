'use client'

import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/empty-state'

export default function ErrorPage({
  error,
  reset,
}: {
  error: Error & { digest?: string }
  reset: () => void
}) {
  return (
    <main className="mx-auto max-w-2xl p-6">
      <EmptyState title="This page could not be shown">
        <p>The program&apos;s log has the cause{error.digest ? ` under ${error.digest}` : ''}.</p>
        <Button onClick={reset}>Try again</Button>
      </EmptyState>
    </main>
  )
}
