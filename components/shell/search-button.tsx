'use client'

import { Search } from 'lucide-react'
import { Kbd } from '../ui/kbd'
import { useOpen } from './commands'

/** Opens the palette: as a field in the sidebar, as an icon in the bar of a small screen. */
export function SearchButton({ layout }: { layout: 'field' | 'bar' }) {
  const open = useOpen()
  return layout === 'field' ? (
    <button
      type="button"
      onClick={() => open('palette')}
      className="flex w-full items-center gap-2 rounded-md border border-line bg-surface px-2.5 py-1.5 text-soft hover:border-line-strong"
    >
      <Search aria-hidden="true" className="size-3.5" />
      <span className="flex-1 text-left">Search</span>
      <Kbd>Ctrl K</Kbd>
    </button>
  ) : (
    <button
      type="button"
      onClick={() => open('palette')}
      className="flex min-h-13 flex-1 flex-col items-center justify-center gap-0.5 text-[11px] text-soft"
    >
      <Search aria-hidden="true" className="size-5" />
      Search
    </button>
  )
}

/** Shows the keys to who has a keyboard. */
export function ShortcutsButton() {
  const open = useOpen()
  return (
    <button
      type="button"
      aria-label="Keyboard shortcuts"
      title="Keyboard shortcuts"
      onClick={() => open('shortcuts')}
      className="grid size-7 place-items-center rounded-md border border-line text-soft hover:text-ink"
    >
      ?
    </button>
  )
}
