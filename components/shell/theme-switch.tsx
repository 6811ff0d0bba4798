'use client'

import { Monitor, Moon, Sun } from 'lucide-react'
import { useEffect, useState } from 'react'
import { cn } from '../ui/cn'
import { applyTheme, asTheme, THEMES, type Theme } from './theme'

const LOOKS = {
  system: { icon: Monitor, text: 'As the system' },
  light: { icon: Sun, text: 'Light' },
  dark: { icon: Moon, text: 'Dark' },
} as const

export function ThemeSwitch({ theme: first }: { theme: Theme }) {
  const [theme, setTheme] = useState(first)
  useEffect(() => {
    // Keyboard and palette change it too.
    const follow = (event: Event) => setTheme(asTheme((event as CustomEvent<string>).detail))
    window.addEventListener('themechange', follow)
    return () => window.removeEventListener('themechange', follow)
  }, [])
  return (
    <fieldset className="flex rounded-md border border-line p-0.5">
      <legend className="sr-only">Theme</legend>
      {THEMES.map((each) => {
        const { icon: Icon, text } = LOOKS[each]
        return (
          <button
            key={each}
            type="button"
            aria-pressed={theme === each}
            aria-label={text}
            title={text}
            onClick={() => applyTheme(each)}
            className={cn(
              'grid size-6 place-items-center rounded-sm text-soft hover:text-ink',
              theme === each && 'bg-sunken text-ink',
            )}
          >
            <Icon aria-hidden="true" className="size-3.5" />
          </button>
        )
      })}
    </fieldset>
  )
}
