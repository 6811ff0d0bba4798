'use client'

import { Dialog as Base } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import { type ReactNode, type RefObject, useState } from 'react'
import { buttonClass } from './button'

/**
 * A modal dialog, open for as long as it is rendered; a sheet from the bottom on a phone. It traps
 * focus, closes on Escape and on a press outside, and gives the focus back. `onClose` is called
 * when it has gone from the screen.
 */
export function Dialog({
  title,
  initialFocus,
  onClose,
  children,
}: {
  title: string
  /** Without it the first of what can have the focus. */
  initialFocus?: RefObject<HTMLElement | null>
  onClose: () => void
  children: ReactNode
}) {
  const [isOpen, setOpen] = useState(true)
  return (
    <Base.Root
      open={isOpen}
      onOpenChange={setOpen}
      onOpenChangeComplete={(open) => open || onClose()}
    >
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-overlay transition-opacity duration-(--duration-slow) data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Popup
          {...(initialFocus ? { initialFocus } : {})}
          className="fixed inset-x-0 bottom-0 z-40 max-h-[92dvh] overflow-y-auto overscroll-contain rounded-t-xl border border-line bg-raised pb-[env(safe-area-inset-bottom)] text-ink shadow-lg outline-none transition-[opacity,translate,scale] duration-(--duration-slow) data-ending-style:translate-y-full data-starting-style:translate-y-full sm:inset-x-auto sm:top-[12dvh] sm:bottom-auto sm:left-1/2 sm:max-h-[80dvh] sm:w-[36rem] sm:max-w-[calc(100vw-2rem)] sm:-translate-x-1/2 sm:rounded-xl sm:duration-(--duration-fast) sm:data-ending-style:translate-y-0 sm:data-ending-style:scale-[0.98] sm:data-ending-style:opacity-0 sm:data-starting-style:translate-y-0 sm:data-starting-style:scale-[0.98] sm:data-starting-style:opacity-0"
        >
          <div className="relative flex flex-col gap-4 p-5">
            <Base.Title className="pr-10 font-semibold text-lg">{title}</Base.Title>
            {children}
            {/* Last, so that the dialog opens with the focus on its first field. */}
            <Base.Close
              aria-label="Close"
              className={`absolute top-4 right-4 ${buttonClass('quiet', 'icon-sm')}`}
            >
              <X aria-hidden="true" />
            </Base.Close>
          </div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}
