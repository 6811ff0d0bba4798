import type { Metadata } from 'next'
import { ApiKeys } from '@/components/settings/api-keys'
import { PageHeader } from '@/components/ui/card'
import { listKeys } from '@/lib/dgx'

export const metadata: Metadata = { title: 'Settings' }

export default async function SettingsPage() {
  const { items: keys } = await listKeys({ limit: 1000, revoked: true })
  return (
    <>
      <PageHeader title="Settings" />
      <ApiKeys keys={keys} isKeyNeeded={Boolean(process.env['API_SERVER_KEY'])} />
    </>
  )
}
