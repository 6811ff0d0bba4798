'use client'

import dynamic from 'next/dynamic'
import { useRouter } from 'next/navigation'
import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from 'react'
import { callApi } from '../api'
import { toast } from '../ui/toast'
import type { ListedMachine } from './machine-list'
import type { Deed } from './palette-commands'
import { type Shortcut, shortcutOf } from './shortcuts'
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
  hasLogin,
  children,
}: {
  machines: ListedMachine[]
  hasLogin: boolean
  children: ReactNode
}) {
  const router = useRouter()
  const [opened, setOpened] = useState<Opened>(null)

  const [searched, setSearched] = useState('')
  const open = useCallback((what: 'palette' | 'shortcuts') => {
    setSearched('')
    setOpened(what)
  }, [])

  const go = useCallback((href: string) => router.push(href as never), [router])

  useEffect(() => {
    let before = ''
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return
      // Its field takes a moment to come and to be focused; what is typed meanwhile is meant for it.
      if (opened === 'palette' && isText(event) && !isTyping(event.target)) {
        event.preventDefault()
        setSearched((text) => text + event.key)
        return
      }
      const shortcut = shortcutOf(event, before, isTyping(event.target))
      before = event.key
      // A dialog has the keyboard to itself; only the palette may take its place.
      if (!shortcut || (shortcut.kind !== 'palette' && isDialogThere())) return
      if (press(shortcut)) event.preventDefault()
    }
    /** False when there is nothing that the key could mean here. */
    const press = (shortcut: Shortcut): boolean => {
      switch (shortcut.kind) {
        case 'palette':
        case 'shortcuts':
          open(shortcut.kind)
          return true
        case 'go':
          go(shortcut.href)
          return true
        case 'theme':
          applyTheme(isDark() ? 'light' : 'dark')
          return true
        case 'machine': {
          const machine = machines[shortcut.position]
          if (machine) go(`/connections/${machine.id}`)
          return machine !== undefined
        }
        case 'search': {
          const field = document.querySelector<HTMLInputElement>('main input[type=search]')
          field?.focus()
          return field !== null
        }
      }
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [machines, go, open, opened])

  const choose = async (deed: Deed) => {
    setOpened(deed.kind === 'shortcuts' ? 'shortcuts' : null)
    if (deed.kind === 'go') go(deed.href)
    else if (deed.kind === 'theme') applyTheme(deed.theme)
    else if (deed.kind === 'copy-link') {
      await navigator.clipboard.writeText(location.href)
      toast({ title: 'The link is copied', tone: 'good' })
    } else if (deed.kind === 'log-out') {
      await fetch('/api/logout', { method: 'POST' })
      location.assign('/login')
    } else if (deed.kind === 'call') {
      const result = await callApi(deed.method, deed.path, deed.body)
      if (result.ok) toast({ title: deed.done, tone: 'good' })
      else toast({ title: 'That did not work', description: result.failure.error, tone: 'bad' })
      router.refresh()
    }
  }

  return (
    <OpenContext value={open}>
      {children}
      {opened === 'palette' && (
        <Palette
          machines={machines}
          searched={searched}
          onSearch={setSearched}
          hasLogin={hasLogin}
          onClose={() => setOpened(null)}
          onChoose={choose}
        />
      )}
      {opened === 'shortcuts' && <ShortcutSheet onClose={() => setOpened(null)} />}
    </OpenContext>
  )
}

function isDialogThere(): boolean {
  return document.querySelector('[role=dialog]') !== null
}

function isText({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  return key.length === 1 && !ctrlKey && !metaKey && !altKey
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
