'use client'

import type { ComponentProps, ReactNode } from 'react'
import { Button, type ButtonKind } from './button'
import { Tooltip } from './tooltip'

/** A button that is an icon: `label` is its name and its tooltip. */
export function IconButton({
  label,
  icon,
  kind = 'quiet',
  size = 'md',
  side = 'top',
  ...props
}: Omit<ComponentProps<'button'>, 'children'> & {
  label: string
  icon: ReactNode
  kind?: ButtonKind
  size?: 'sm' | 'md'
  side?: 'top' | 'bottom' | 'left' | 'right'
}) {
  return (
    <Tooltip text={label} side={side} isName>
      <Button kind={kind} size={size === 'sm' ? 'icon-sm' : 'icon'} aria-label={label} {...props}>
        {icon}
      </Button>
    </Tooltip>
  )
}
