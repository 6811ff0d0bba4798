'use client'

import { Monitor, Moon, Sun } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Segmented } from '../ui/segmented'
import { applyTheme, asTheme, type Theme } from './theme'

const OPTIONS = [
  { value: 'system', label: 'As the system', icon: <Monitor aria-hidden="true" /> },
  { value: 'light', label: 'Light', icon: <Sun aria-hidden="true" /> },
  { value: 'dark', label: 'Dark', icon: <Moon aria-hidden="true" /> },
] as const

export function ThemeSwitch({ theme: first }: { theme: Theme }) {
  const [theme, setTheme] = useState(first)
  useEffect(() => {
    // Keyboard and palette change it too.
    const follow = (event: Event) => setTheme(asTheme((event as CustomEvent<string>).detail))
    window.addEventListener('themechange', follow)
    return () => window.removeEventListener('themechange', follow)
  }, [])
  return <Segmented label="Theme" value={theme} onChange={applyTheme} options={OPTIONS} iconOnly />
}
