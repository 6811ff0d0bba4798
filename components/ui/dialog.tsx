'use client'

import { Dialog as Base } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import type { ReactNode } from 'react'

/** A modal dialog; on a small screen a sheet from below. Open as long as it is rendered. */
export function Dialog({
  title,
  onClose,
  children,
}: {
  title: string
  onClose: () => void
  children: ReactNode
}) {
  return (
    <Base.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-overlay" />
        <Base.Viewport className="fixed inset-0 z-50 flex items-end justify-center overflow-y-auto sm:items-center sm:p-4">
          <Base.Popup className="relative flex max-h-[92dvh] w-full max-w-xl flex-col rounded-t-2xl border border-line bg-raised text-ink shadow-2xl outline-none sm:rounded-2xl">
            <Base.Title className="border-line border-b px-5 py-3.5 pr-14 font-semibold text-base">
              {title}
            </Base.Title>
            <div className="flex flex-col gap-4 overflow-y-auto p-5">{children}</div>
            {/* Last, so that the dialog opens with the focus on its first field. */}
            <Base.Close
              aria-label="Close"
              className="absolute top-2.5 right-3 grid size-8 place-items-center rounded-md text-soft hover:bg-sunken hover:text-ink"
            >
              <X aria-hidden="true" className="size-4" />
            </Base.Close>
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  )
}
