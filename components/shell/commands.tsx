'use client'

import dynamic from 'next/dynamic'
import { useRouter } from 'next/navigation'
import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from 'react'
import { callApi } from '../api'
import { toast } from '../ui/toast'
import type { ListedMachine } from './machine-list'
import type { Deed } from './palette-commands'
import { shortcutOf } from './shortcuts'
import { applyTheme } from './theme'

// Both come when they are first opened.
const Palette = dynamic(() => import('./palette'), { ssr: false })
const ShortcutSheet = dynamic(() => import('./shortcut-sheet'), { ssr: false })

type Opened = 'palette' | 'shortcuts' | null

const OpenContext = createContext<(what: 'palette' | 'shortcuts') => void>(() => {})

/** Opens the palette or the list of shortcuts. */
export const useOpen = () => useContext(OpenContext)

/** Listens to the keyboard on every page, and holds the palette. */
export function Commands({
  machines,
  children,
}: {
  machines: ListedMachine[]
  children: ReactNode
}) {
  const router = useRouter()
  const [opened, setOpened] = useState<Opened>(null)

  const go = useCallback((href: string) => router.push(href as never), [router])

  useEffect(() => {
    let before = ''
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return
      const shortcut = shortcutOf(event, before, isTyping(event.target))
      before = event.key
      if (!shortcut) return
      // A dialog has the keyboard to itself; only the palette may take its place.
      if (shortcut.kind !== 'palette' && document.querySelector('[role=dialog],dialog[open]'))
        return
      const machine = shortcut.kind === 'machine' ? machines[shortcut.position] : undefined
      const field =
        shortcut.kind === 'search'
          ? document.querySelector<HTMLInputElement>('main input[type=search]')
          : null
      if (shortcut.kind === 'machine' && !machine) return
      if (shortcut.kind === 'search' && !field) return
      event.preventDefault()
      if (shortcut.kind === 'palette' || shortcut.kind === 'shortcuts') setOpened(shortcut.kind)
      else if (shortcut.kind === 'go') go(shortcut.href)
      else if (shortcut.kind === 'theme') applyTheme(isDark() ? 'light' : 'dark')
      else if (machine) go(`/connections/${machine.id}`)
      else field?.focus()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [machines, go])

  const choose = async (deed: Deed) => {
    setOpened(deed.kind === 'shortcuts' ? 'shortcuts' : null)
    if (deed.kind === 'go') go(deed.href)
    else if (deed.kind === 'theme') applyTheme(deed.theme)
    else if (deed.kind === 'copy-link') {
      await navigator.clipboard.writeText(location.href)
      toast({ title: 'The link is copied', tone: 'good' })
    } else if (deed.kind === 'call') {
      const result = await callApi(deed.method, deed.path, deed.body)
      if (result.ok) toast({ title: deed.done, tone: 'good' })
      else toast({ title: 'That did not work', description: result.failure.error, tone: 'bad' })
      router.refresh()
    }
  }

  return (
    <OpenContext value={setOpened}>
      {children}
      {opened === 'palette' && (
        <Palette machines={machines} onClose={() => setOpened(null)} onChoose={choose} />
      )}
      {opened === 'shortcuts' && <ShortcutSheet onClose={() => setOpened(null)} />}
    </OpenContext>
  )
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  )
}

function isDark(): boolean {
  const { theme } = document.documentElement.dataset
  return theme ? theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches
}
