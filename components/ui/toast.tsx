'use client'

import { Toast as Base } from '@base-ui/react/toast'
import { CircleCheck, CircleX, Info, TriangleAlert, X } from 'lucide-react'
import { buttonClass } from './button'

/** What happened, and perhaps what can be done about it. */
export interface ToastMessage {
  title: string
  description?: string
  tone?: 'good' | 'warn' | 'bad'
  action?: { label: string; onClick: () => void }
}

const MARKS = {
  good: <CircleCheck aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-good" />,
  warn: <TriangleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-warn" />,
  bad: <CircleX aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-bad" />,
  plain: <Info aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-soft" />,
}

const manager = Base.createToastManager<{ tone: keyof typeof MARKS }>()

/** Says something in the corner of the screen: bad news until it is dismissed, other for seconds. */
export function toast({ title, description, tone, action }: ToastMessage): void {
  const id = manager.add({
    title,
    description,
    data: { tone: tone ?? 'plain' },
    timeout: tone === 'bad' ? 0 : action ? 10_000 : 5_000,
    actionProps: action && {
      children: action.label,
      onClick: () => {
        action.onClick()
        manager.close(id)
      },
    },
  })
}

/** Not a dialog, as a toast would be by itself: it asks for no answer. */
const GROUP = { role: 'group', 'aria-modal': undefined } as const

/** Where toasts appear; once, in the layout. F6 moves the focus there. */
export function Toasts() {
  return (
    <Base.Provider toastManager={manager} limit={4}>
      <Base.Portal>
        <Base.Viewport className="fixed right-4 bottom-18 left-4 lg:bottom-4 z-50 ml-auto flex flex-col gap-2 outline-none sm:w-96">
          <List />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  )
}

function List() {
  const { toasts } = Base.useToastManager<{ tone: keyof typeof MARKS }>()
  return toasts.map((one) => (
    <Base.Root
      key={one.id}
      toast={one}
      {...GROUP}
      swipeDirection={['right', 'down']}
      className="translate-x-(--toast-swipe-movement-x) translate-y-(--toast-swipe-movement-y) rounded-lg border border-line bg-raised text-ink shadow-lg transition-[opacity,translate] duration-(--duration-slow) data-limited:hidden data-ending-style:translate-y-2 data-starting-style:translate-y-2 data-ending-style:opacity-0 data-starting-style:opacity-0"
    >
      <Base.Content className="flex gap-2.5 py-3 pr-2 pl-3">
        {MARKS[one.data?.tone ?? 'plain']}
        <div className="min-w-0 flex-1 break-words">
          <Base.Title render={<p />} className="font-semibold" />
          <Base.Description className="mt-0.5 text-soft" />
          {one.actionProps && <Base.Action className={`mt-2 ${buttonClass('plain', 'sm')}`} />}
        </div>
        {/* It can be seen and reached at any time, and so is not hidden. */}
        <Base.Close
          aria-label="Dismiss"
          aria-hidden={undefined}
          className={`-my-1 ${buttonClass('quiet', 'icon-sm')}`}
        >
          <X aria-hidden="true" />
        </Base.Close>
      </Base.Content>
    </Base.Root>
  ))
}
