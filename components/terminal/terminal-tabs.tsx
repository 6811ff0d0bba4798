'use client'

import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react'
import { Button } from '../ui/button'
import { EmptyState } from '../ui/empty-state'
import { TerminalView } from './terminal-view'

/** As many as a machine takes. */
const MOST_TABS = 5

type Props = {
  connectionId: string
  machine: string
  isConnected: boolean
  /** Shown until the machine is connected. */
  children: ReactNode
}

/**
 * Terminals of one machine. Once open they stay, whatever becomes of the connection: what they
 * show is still worth reading.
 */
export function TerminalTabs({ isConnected, children, ...machine }: Props) {
  const [hasBegun, setHasBegun] = useState(isConnected)
  if (isConnected && !hasBegun) setHasBegun(true)
  return hasBegun ? <Tabs {...machine} /> : children
}

function Tabs({ connectionId, machine }: Pick<Props, 'connectionId' | 'machine'>) {
  const id = useId()
  const [tabs, setTabs] = useState([1])
  const [shown, show] = useState(1)
  const [focusRequest, setFocusRequest] = useState(0)
  const list = useRef<HTMLDivElement>(null)
  const lastNumber = useRef(1)

  const focusTab = (tab: number) =>
    list.current?.querySelector<HTMLElement>(`[data-tab="${tab}"]`)?.focus()

  /** The arrow keys leave the focus on the tabs, everything else is about to type. */
  function enter(tab: number) {
    show(tab)
    setFocusRequest((before) => before + 1)
  }

  function add() {
    lastNumber.current += 1
    setTabs([...tabs, lastNumber.current])
    enter(lastNumber.current)
  }

  function close(tab: number) {
    const rest = tabs.filter((other) => other !== tab)
    const neighbour = rest[Math.min(tabs.indexOf(tab), rest.length - 1)]
    setTabs(rest)
    if (neighbour !== undefined) enter(neighbour)
  }

  function onKeyDown(event: KeyboardEvent) {
    const at = tabs.indexOf(shown)
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: tabs.length - 1 }[event.key]
    if (event.key === 'Delete') close(shown)
    if (to === undefined) return
    event.preventDefault()
    const next = tabs[(to + tabs.length) % tabs.length]
    if (next === undefined) return
    show(next)
    setFocusRequest(0)
    focusTab(next)
  }

  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <div
          ref={list}
          role="tablist"
          aria-label={`Terminals on ${machine}`}
          className="flex min-w-0 flex-wrap gap-1"
          onKeyDown={onKeyDown}
        >
          {tabs.map((tab) => (
            <button
              key={tab}
              type="button"
              role="tab"
              id={`${id}-tab-${tab}`}
              data-tab={tab}
              aria-selected={tab === shown}
              aria-controls={`${id}-panel-${tab}`}
              tabIndex={tab === shown ? 0 : -1}
              onClick={() => enter(tab)}
              className={`min-h-9 rounded-md border px-3 font-medium ${
                tab === shown
                  ? 'border-line-strong bg-raised text-ink'
                  : 'border-transparent text-soft hover:bg-sunken hover:text-ink'
              }`}
            >
              Terminal {tab}
            </button>
          ))}
        </div>
        <Button onClick={add} disabled={tabs.length >= MOST_TABS}>
          New terminal
        </Button>
        {tabs.length > 0 && (
          <Button kind="quiet" onClick={() => close(shown)}>
            Close terminal {shown}
          </Button>
        )}
      </div>
      {tabs.map((tab) => (
        <div
          key={tab}
          role="tabpanel"
          id={`${id}-panel-${tab}`}
          aria-labelledby={`${id}-tab-${tab}`}
          hidden={tab !== shown}
        >
          <TerminalView
            connectionId={connectionId}
            machine={machine}
            focusRequest={tab === shown ? focusRequest : 0}
            onLeave={() => focusTab(tab)}
          />
        </div>
      ))}
      {tabs.length === 0 && (
        <EmptyState title="No terminal is open">
          <p>Every shell that was open here has been ended.</p>
        </EmptyState>
      )}
      <p className="text-soft text-xs">
        Copy with Ctrl+Shift+C, paste with Ctrl+Shift+V (⌘C and ⌘V on a Mac); Ctrl+Shift+L leads
        from the terminal to its tab. Closing a tab or leaving this page ends its shell and what
        runs in it: start what shall go on inside tmux.
      </p>
    </div>
  )
}
