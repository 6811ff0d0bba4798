'use client'

import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { cn } from '../ui/cn'
import { isWithin, SECTIONS } from './sections'

/** The sections as a column beside the page, or as a bar in reach of the thumb. */
export function SectionLinks({ layout }: { layout: 'column' | 'bar' }) {
  const pathname = usePathname()
  const shown = SECTIONS.filter(({ isAside }) => layout === 'column' || !isAside)
  return shown.map(({ href, text, icon: Icon, also }) => {
    const isHere = isWithin(pathname, href) || pathname === also
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

/** The rest of them as icons, for the top of a small screen. */
export function AsideLinks() {
  const pathname = usePathname()
  return SECTIONS.filter(({ isAside }) => isAside).map(({ href, text, icon: Icon }) => (
    <Link
      key={href}
      href={href}
      aria-label={text}
      aria-current={isWithin(pathname, href) ? 'page' : undefined}
      className="grid size-10 place-items-center rounded-md text-soft hover:bg-sunken hover:text-ink aria-[current=page]:text-accent"
    >
      <Icon aria-hidden="true" className="size-5" />
    </Link>
  ))
}
