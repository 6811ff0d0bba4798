'use client'

import Link from 'next/link'
import { usePathname } from 'next/navigation'

const LINKS = [
  { href: '/', text: 'Overview' },
  { href: '/connections', text: 'Machines' },
  { href: '/projects', text: 'Projects' },
  { href: '/jobs', text: 'Jobs' },
] as const

export function Navigation() {
  const pathname = usePathname()
  return (
    <nav aria-label="Main" className="flex flex-wrap gap-1">
      {LINKS.map(({ href, text }) => {
        const isHere = href === '/' ? pathname === '/' : pathname.startsWith(href)
        return (
          <Link
            key={href}
            href={href}
            aria-current={isHere ? 'page' : undefined}
            className={`rounded-md px-2.5 py-1.5 ${isHere ? 'bg-sunken font-medium' : 'text-soft hover:text-ink'}`}
          >
            {text}
          </Link>
        )
      })}
    </nav>
  )
}
