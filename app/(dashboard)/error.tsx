'use client'

import { Button } from '@/components/ui/button'
import { PageHeader } from '@/components/ui/card'

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
      <p>The program&apos;s log has the cause{error.digest ? ` under ${error.digest}` : ''}.</p>
      <div>
        <Button onClick={reset}>Try again</Button>
      </div>
    </>
  )
}
