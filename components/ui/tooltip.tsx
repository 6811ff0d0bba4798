'use client'

import { Tooltip as Base } from '@base-ui/react/tooltip'
import type { ReactElement } from 'react'

/**
 * A few words about `children`, an element that can have the focus, on hover and on focus; read out
 * as its description, except where they are its name (`isName`) anyway. A finger cannot hover: use a
 * Popover for what a phone must show too.
 */
export function Tooltip({
  text,
  children,
  side = 'top',
  isName = false,
}: {
  text: string
  children: ReactElement
  side?: 'top' | 'bottom' | 'left' | 'right'
  isName?: boolean
}) {
  return (
    <Base.Root>
      <Base.Trigger
        delay={350}
        closeOnClick={!isName}
        render={children}
        aria-description={isName ? undefined : text}
      />
      <Base.Portal>
        <Base.Positioner side={side} sideOffset={6} collisionPadding={8} className="z-50">
          <Base.Popup className="max-w-72 origin-(--transform-origin) rounded-md whitespace-pre-line bg-ink px-2 py-1 text-surface text-xs shadow-md transition-opacity data-ending-style:opacity-0 data-instant:transition-none data-starting-style:opacity-0">
            {text}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
