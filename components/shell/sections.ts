import {
  Boxes,
  ChartColumnStacked,
  FolderKanban,
  LayoutGrid,
  type LucideIcon,
  ScrollText,
  Server,
  Settings,
} from 'lucide-react'
import type { Route } from 'next'

type Section = {
  href: Route
  text: string
  icon: LucideIcon
  /** Follows `g` on the keyboard. */
  key: string
  /** A page elsewhere that belongs to it. */
  also?: Route
  /** Seldom needed: on a small screen at the top, out of the thumb's way. */
  isAside?: boolean
}

/** The places every page leads to. */
export const SECTIONS: readonly Section[] = [
  { href: '/', text: 'Overview', icon: LayoutGrid, key: 'o' },
  { href: '/connections', text: 'Machines', icon: Server, key: 'm' },
  { href: '/projects', text: 'Projects', icon: FolderKanban, key: 'p' },
  { href: '/jobs', text: 'Jobs', icon: Boxes, key: 'j', also: '/queue' },
  { href: '/report', text: 'Report', icon: ChartColumnStacked, key: 'r' },
  { href: '/audit', text: 'Audit', icon: ScrollText, key: 'a', isAside: true },
  { href: '/settings', text: 'Settings', icon: Settings, key: 's', isAside: true },
]

/** Whether a page belongs to a section. */
export function isWithin(pathname: string, href: string): boolean {
  return href === '/' ? pathname === '/' : pathname === href || pathname.startsWith(`${href}/`)
}
