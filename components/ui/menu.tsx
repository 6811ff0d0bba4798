'use client'

import { Menu as Base } from '@base-ui/react/menu'
import type { Route } from 'next'
import Link from 'next/link'
import type { ReactElement, ReactNode } from 'react'
import { cn } from './cn'
import { popupClass } from './popup-class'

/** A menu that `trigger`, a Button or an IconButton, opens. Its children are MenuItems. */
export function Menu({
  trigger,
  children,
  align = 'end',
}: {
  trigger: ReactElement
  children: ReactNode
  align?: 'start' | 'end'
}) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner align={align} sideOffset={4} collisionPadding={8} className="z-50">
          <Base.Popup
            className={cn(popupClass, 'max-h-(--available-height) min-w-44 overflow-y-auto p-1')}
          >
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

/** Something to do, or with `href` somewhere to go. */
export function MenuItem<T extends string>({
  children,
  icon,
  shortcut,
  href,
  tone,
  disabled,
  onClick,
}: {
  children: ReactNode
  icon?: ReactNode
  shortcut?: ReactNode
  href?: Route<T>
  tone?: 'bad'
  disabled?: boolean
  onClick?: () => void
}) {
  const className = cn(
    'flex min-h-8 cursor-default select-none items-center gap-2 rounded-md px-2 py-1 outline-none data-disabled:opacity-50 data-highlighted:bg-sunken pointer-coarse:min-h-10 [&>svg]:size-4 [&>svg]:text-soft',
    tone === 'bad' && 'text-bad data-highlighted:bg-bad-surface [&>svg]:text-bad',
  )
  const content = (
    <>
      {icon}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {shortcut}
    </>
  )
  if (href) {
    return (
      <Base.LinkItem className={className} closeOnClick render={<Link href={href} />}>
        {content}
      </Base.LinkItem>
    )
  }
  return (
    <Base.Item className={className} disabled={disabled} onClick={onClick}>
      {content}
    </Base.Item>
  )
}

/** A line between groups of items. */
export function MenuSeparator() {
  return <Base.Separator className="-mx-1 my-1 h-px bg-line" />
}
