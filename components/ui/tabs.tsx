'use client'

import { Tabs as Base } from '@base-ui/react/tabs'
import type { ReactNode } from 'react'

/** `content` is made when its tab is first looked at. `count` stands beside the label. */
export interface Tab<T extends string> {
  value: T
  label: string
  count?: number
  disabled?: boolean
  content: ReactNode
}

/** Views of one thing, one at a time. Without `value` the tabs remember their own. */
export function Tabs<T extends string>({
  label,
  tabs,
  value,
  defaultValue,
  onChange,
}: {
  label: string
  tabs: readonly Tab<T>[]
  value?: T
  defaultValue?: T
  onChange?: (value: T) => void
}) {
  return (
    <Base.Root
      {...(value === undefined ? { defaultValue: defaultValue ?? tabs[0]?.value } : { value })}
      onValueChange={(next: T) => onChange?.(next)}
    >
      <Base.List
        aria-label={label}
        className="relative flex gap-1 overflow-x-auto border-line border-b [scrollbar-width:none]"
      >
        {tabs.map((tab) => (
          <Base.Tab
            key={tab.value}
            value={tab.value}
            disabled={tab.disabled}
            className="mb-1 flex min-h-8 items-center gap-1.5 whitespace-nowrap rounded-md px-2.5 font-medium text-soft transition-colors hover:not-data-disabled:bg-sunken hover:not-data-disabled:text-ink focus-visible:-outline-offset-2 data-active:text-ink data-disabled:opacity-50 pointer-coarse:min-h-10"
          >
            {tab.label}
            {tab.count !== undefined && (
              <span className="rounded-full bg-sunken px-1.5 text-2xs text-soft tabular-nums">
                {tab.count}
              </span>
            )}
          </Base.Tab>
        ))}
        <Base.Indicator className="absolute bottom-0 left-0 h-0.5 w-(--active-tab-width) translate-x-(--active-tab-left) bg-ink transition-[translate,width]" />
      </Base.List>
      {tabs.map((tab) => (
        <Base.Panel key={tab.value} value={tab.value} className="pt-4 outline-offset-4">
          {tab.content}
        </Base.Panel>
      ))}
    </Base.Root>
  )
}
