'use client'

import { type ReactNode, useEffect, useRef } from 'react'
import { Button } from './button'

/** A modal dialog: the browser's own, which traps focus, closes on Escape and gives focus back. */
export function Dialog({
  title,
  onClose,
  children,
}: {
  title: string
  onClose: () => void
  children: ReactNode
}) {
  const ref = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const dialog = ref.current
    if (dialog && !dialog.open) dialog.showModal()
  }, [])
  return (
    <dialog
      ref={ref}
      onClose={onClose}
      aria-label={title}
      className="m-auto w-[min(36rem,calc(100vw-2rem))] rounded-xl border border-line bg-raised p-0 text-ink"
    >
      <div className="relative flex flex-col gap-4 p-5">
        <h2 className="pr-10 font-semibold text-lg">{title}</h2>
        {children}
        {/* Last, so that the dialog opens with the focus on its first field. */}
        <div className="absolute top-3 right-3">
          <Button kind="quiet" aria-label="Close" onClick={() => ref.current?.close()}>
            ✕
          </Button>
        </div>
      </div>
    </dialog>
  )
}
