import { BookText, Plus } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { Brand } from './brand'
import { Commands } from './commands'
import { type ListedMachine, MachineList } from './machine-list'
import { SearchButton, ShortcutsButton } from './search-button'
import { AsideLinks, SectionLinks } from './section-links'
import { ServerIndicator } from './server-indicator'
import type { Theme } from './theme'
import { ThemeSwitch } from './theme-switch'

/** What surrounds every page: a sidebar, or on a small screen bars at the top and the thumb. */
export function Shell({
  machines,
  theme,
  hasLogin,
  banner,
  children,
}: {
  machines: ListedMachine[]
  /** Whether one logs in with a key here, and so can log out. */
  hasLogin: boolean
  theme: Theme
  banner?: ReactNode
  children: ReactNode
}) {
  return (
    <Commands machines={machines} hasLogin={hasLogin}>
      <a
        href="#content"
        className="sr-only rounded-md bg-raised px-3 py-2 focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50"
      >
        Skip to content
      </a>
      <div className="lg:grid lg:min-h-dvh lg:grid-cols-[15rem_minmax(0,1fr)] print:block">
        <aside className="sticky top-0 hidden h-dvh flex-col gap-4 border-line border-r bg-raised p-3 lg:flex print:hidden">
          <Home />
          <SearchButton layout="field" />
          <nav aria-label="Main" className="flex flex-col gap-px">
            <SectionLinks layout="column" />
          </nav>
          <nav aria-label="Machines" className="flex min-h-0 flex-1 flex-col gap-1">
            <div className="flex items-center justify-between px-2.5">
              <h2 className="font-medium text-soft text-xs">Machines</h2>
              <Link
                href="/connections?add=1"
                aria-label="Add a machine"
                title="Add a machine"
                className="grid size-6 place-items-center rounded-md text-soft hover:bg-sunken hover:text-ink"
              >
                <Plus aria-hidden="true" className="size-3.5" />
              </Link>
            </div>
            <div className="min-h-0 overflow-y-auto">
              <MachineList machines={machines} />
            </div>
          </nav>
          <div className="flex flex-col gap-2 border-line border-t pt-3">
            <ServerIndicator />
            <div className="flex items-center justify-between">
              <ThemeSwitch theme={theme} />
              <div className="flex items-center">
                <Link
                  href="/docs"
                  aria-label="API reference"
                  title="API reference"
                  className="grid size-7 place-items-center rounded-md text-soft hover:bg-sunken hover:text-ink"
                >
                  <BookText aria-hidden="true" className="size-4" />
                </Link>
                <ShortcutsButton />
              </div>
            </div>
          </div>
        </aside>
        <div className="flex min-w-0 flex-col">
          <div className="print:hidden">{banner}</div>
          <header className="sticky top-0 z-20 flex items-center justify-between gap-3 border-line border-b bg-raised px-4 py-2 lg:hidden print:hidden">
            <Home />
            <div className="flex items-center gap-2">
              <ServerIndicator />
              <AsideLinks />
            </div>
          </header>
          <main
            id="content"
            className="mx-auto flex w-full max-w-[100rem] flex-col gap-5 px-4 pt-5 pb-24 lg:px-6 lg:pb-8 print:max-w-none print:p-0"
          >
            {children}
          </main>
        </div>
      </div>
      <nav
        aria-label="Sections"
        className="fixed inset-x-0 bottom-0 z-20 flex border-line border-t bg-raised pb-[env(safe-area-inset-bottom)] lg:hidden print:hidden"
      >
        <SectionLinks layout="bar" />
        <SearchButton layout="bar" />
      </nav>
    </Commands>
  )
}

function Home() {
  return (
    <Link href="/" className="rounded-md px-1 py-1">
      <Brand />
    </Link>
  )
}
