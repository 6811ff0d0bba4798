'use client'

import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { cn } from '../ui/cn'
import { isWithin, SECTIONS } from './sections'

/** The sections as a column beside the page, or as a bar in reach of the thumb. */
export function SectionLinks({ layout }: { layout: 'column' | 'bar' }) {
  const pathname = usePathname()
  return SECTIONS.map(({ href, text, icon: Icon }) => {
    const isHere = isWithin(pathname, href)
    return (
      <Link
        key={href}
        href={href}
        aria-current={isHere ? 'page' : undefined}
        className={cn(
          'flex items-center rounded-md transition-colors',
          layout === 'column'
            ? 'gap-2.5 px-2.5 py-1.5 hover:bg-sunken'
            : 'min-h-13 flex-1 flex-col justify-center gap-0.5 text-[11px]',
          isHere ? 'font-medium text-ink' : 'text-soft hover:text-ink',
          isHere && layout === 'column' && 'bg-sunken',
        )}
      >
        <Icon
          aria-hidden="true"
          className={cn('size-4 shrink-0', isHere && 'text-accent', layout === 'bar' && 'size-5')}
        />
        {text}
      </Link>
    )
  })
}
