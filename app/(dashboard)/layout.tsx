import { cookies } from 'next/headers'
import { LiveRefresh } from '@/components/live/live-refresh'
import { Approvals } from '@/components/safety/approvals'
import { Shell } from '@/components/shell/shell'
import { asTheme, THEME_COOKIE } from '@/components/shell/theme'
import { Toasts } from '@/components/ui/toast'
import { listConnections } from '@/lib/dgx'

export default async function DashboardLayout({ children }: { children: React.ReactNode }) {
  const [jar, { items }] = await Promise.all([
    cookies(),
    listConnections({ limit: 1000, sort: 'position' }),
  ])
  const machines = items.map(({ id, name, status, last_error }) => ({
    id,
    name,
    status,
    last_error,
  }))
  return (
    <Shell
      machines={machines}
      hasLogin={Boolean(process.env['API_SERVER_KEY'])}
      theme={asTheme(jar.get(THEME_COOKIE)?.value)}
      banner={process.env.DGX_DEMO === '1' && <DemoBanner />}
    >
      <LiveRefresh on="connections" />
      {children}
      <Toasts />
      <Approvals />
    </Shell>
  )
}

function DemoBanner() {
  return (
    <p className="border-line border-b bg-accent-surface px-4 py-1 text-center font-medium text-accent text-xs">
      Demo: simulated machines; nothing here runs anywhere.
    </p>
  )
}
