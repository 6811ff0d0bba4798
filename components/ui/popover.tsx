'use client'

import { Popover as Base } from '@base-ui/react/popover'
import type { ReactElement, ReactNode } from 'react'
import { cn } from './cn'
import { popupClass } from './popup-class'

/** More about `trigger`, a button, on press; with `onHover` also when a pointer rests on it. */
export function Popover({
  trigger,
  title,
  children,
  side = 'bottom',
  align = 'start',
  onHover = false,
}: {
  trigger: ReactElement
  title: string
  children: ReactNode
  side?: 'top' | 'bottom' | 'left' | 'right'
  align?: 'start' | 'center' | 'end'
  onHover?: boolean
}) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} openOnHover={onHover} delay={200} />
      <Base.Portal>
        <Base.Positioner
          side={side}
          align={align}
          sideOffset={6}
          collisionPadding={8}
          className="z-50"
        >
          <Base.Popup className={cn(popupClass, 'w-max max-w-[min(20rem,calc(100vw-1rem))] p-3')}>
            <Base.Title className="mb-1 font-semibold">{title}</Base.Title>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
