import Link from 'next/link'
import { Navigation } from '@/components/navigation'

export default function DashboardLayout({ children }: { children: React.ReactNode }) {
  const isDemo = process.env.DGX_DEMO === '1'
  return (
    <>
      <a
        href="#content"
        className="sr-only rounded-md bg-raised px-3 py-2 focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-10"
      >
        Skip to content
      </a>
      {isDemo && (
        <p className="bg-accent px-4 py-1 text-center font-medium text-on-accent text-xs">
          Demo: three simulated machines; nothing here runs anywhere.
        </p>
      )}
      <header className="border-line border-b bg-raised">
        <div className="mx-auto flex max-w-7xl flex-wrap items-center gap-x-6 gap-y-1 px-4 py-2">
          <Link href="/" className="py-1 font-semibold">
            <span aria-hidden="true" className="mr-2 text-accent">
              ▮▮▮
            </span>
            DGX Command Center
          </Link>
          <Navigation />
        </div>
      </header>
      <main id="content" className="mx-auto flex max-w-7xl flex-col gap-5 px-4 py-6">
        {children}
      </main>
    </>
  )
}
