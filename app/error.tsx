'use client'

import type { ComponentProps } from 'react'
import { PageFailed } from '@/components/page-failed'

/** For when not even the shell around the pages can be drawn. */
export default function ErrorPage(props: ComponentProps<typeof PageFailed>) {
  return (
    <main className="mx-auto flex max-w-2xl flex-col gap-4 p-6">
      <PageFailed {...props} />
    </main>
  )
}
