import { GeistMono } from 'geist/font/mono'
import { GeistSans } from 'geist/font/sans'
import type { Metadata } from 'next'
import { cookies } from 'next/headers'
import { asTheme, THEME_COOKIE } from '@/components/shell/theme'
import './globals.css'

export const metadata: Metadata = {
  title: { default: 'DGX Command Center', template: '%s · DGX Command Center' },
  description: 'Your DGX machines, their GPUs and training jobs in one place.',
}

export default async function RootLayout({ children }: { children: React.ReactNode }) {
  const theme = asTheme((await cookies()).get(THEME_COOKIE)?.value)
  return (
    <html
      lang="en"
      data-theme={theme === 'system' ? undefined : theme}
      className={`${GeistSans.variable} ${GeistMono.variable}`}
    >
      <body className="min-h-dvh font-sans text-sm antialiased">{children}</body>
    </html>
  )
}
