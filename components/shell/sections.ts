import { Boxes, FolderKanban, LayoutGrid, type LucideIcon, Server } from 'lucide-react'
import type { Route } from 'next'

/** The places every page leads to; `key` follows `g` on the keyboard. */
export const SECTIONS: { href: Route; text: string; icon: LucideIcon; key: string }[] = [
  { href: '/', text: 'Overview', icon: LayoutGrid, key: 'o' },
  { href: '/connections', text: 'Machines', icon: Server, key: 'm' },
  { href: '/projects', text: 'Projects', icon: FolderKanban, key: 'p' },
  { href: '/jobs', text: 'Jobs', icon: Boxes, key: 'j' },
]

/** Whether a page belongs to a section. */
export function isWithin(pathname: string, href: string): boolean {
  return href === '/' ? pathname === '/' : pathname === href || pathname.startsWith(`${href}/`)
}
