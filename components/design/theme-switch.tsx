'use client'

import { Monitor, Moon, Sun } from 'lucide-react'
import { useState } from 'react'
import { Segmented } from '../ui/segmented'

type Theme = 'system' | 'light' | 'dark'

/** The theme of this page until it is left. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState<Theme>('system')
  function choose(next: Theme) {
    setTheme(next)
    if (next === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = next
  }
  return (
    <Segmented
      label="Theme"
      value={theme}
      onChange={choose}
      iconOnly
      options={[
        { value: 'system', label: 'System', icon: <Monitor aria-hidden="true" /> },
        { value: 'light', label: 'Light', icon: <Sun aria-hidden="true" /> },
        { value: 'dark', label: 'Dark', icon: <Moon aria-hidden="true" /> },
      ]}
    />
  )
}
