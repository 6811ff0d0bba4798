'use client'

import { Toast } from '@base-ui/react/toast'
import { CircleCheck, CircleX, TriangleAlert, X } from 'lucide-react'

type Tone = 'good' | 'warn' | 'bad'

const manager = Toast.createToastManager()

const LOOKS = {
  good: { icon: CircleCheck, className: 'text-good' },
  warn: { icon: TriangleAlert, className: 'text-warn' },
  bad: { icon: CircleX, className: 'text-bad' },
} as const

/** Bad news stays until it is closed. */
const GOOD_NEWS_MS = 5_000

/** Says something at the edge of the page, from anywhere in the browser. */
export function toast({
  title,
  description,
  tone = 'good',
}: {
  title: string
  description?: string
  tone?: Tone
}): void {
  manager.add({
    title,
    description,
    type: tone,
    timeout: tone === 'bad' ? 0 : GOOD_NEWS_MS,
    priority: tone === 'bad' ? 'high' : 'low',
  })
}

/** Where toasts appear; once per page. */
export function Toasts() {
  return (
    <Toast.Provider toastManager={manager}>
      <Toast.Portal>
        <Toast.Viewport className="fixed right-4 bottom-18 z-50 flex w-[min(24rem,calc(100vw-2rem))] flex-col gap-2 lg:bottom-4">
          <List />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  )
}

function List() {
  const { toasts } = Toast.useToastManager()
  return toasts.map((each) => {
    const { icon: Icon, className } = LOOKS[(each.type ?? 'good') as Tone]
    return (
      <Toast.Root
        key={each.id}
        toast={each}
        className="flex items-start gap-2.5 rounded-lg border border-line bg-raised p-3 shadow-xl transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0"
      >
        <Icon aria-hidden="true" className={`mt-0.5 size-4 shrink-0 ${className}`} />
        <div className="min-w-0 flex-1">
          <Toast.Title className="font-medium" />
          <Toast.Description className="break-words text-soft" />
        </div>
        <Toast.Close aria-label="Close" className="rounded-sm p-0.5 text-soft hover:text-ink">
          <X aria-hidden="true" className="size-4" />
        </Toast.Close>
      </Toast.Root>
    )
  })
}
