import type { Metadata } from 'next'
import { cookies } from 'next/headers'
import { notFound } from 'next/navigation'
import { Controls } from '@/components/design/controls'
import { Display } from '@/components/design/display'
import { Floating } from '@/components/design/floating'
import { Tokens } from '@/components/design/tokens'
import { asTheme, THEME_COOKIE } from '@/components/shell/theme'
import { ThemeSwitch } from '@/components/shell/theme-switch'
import { PageHeader } from '@/components/ui/card'
import { Toasts } from '@/components/ui/toast'

export const metadata: Metadata = { title: 'Design' }

/** Every component in every state, to look at while changing one. In development only. */
export default async function DesignPage() {
  if (process.env.NODE_ENV === 'production' && process.env.DGX_DESIGN !== '1') notFound()
  return (
    <main className="mx-auto flex max-w-6xl flex-col gap-10 px-4 py-8">
      <PageHeader title="Design" note="Every component of components/ui in every state.">
        <ThemeSwitch theme={asTheme((await cookies()).get(THEME_COOKIE)?.value)} />
      </PageHeader>
      <Tokens />
      <Controls />
      <Floating />
      <Display />
      <Toasts />
    </main>
  )
}
