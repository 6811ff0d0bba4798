'use client'

import '@xterm/xterm/css/xterm.css'
import { useCallback, useEffect, useRef, useState } from 'react'
import { Button } from '../ui/button'
import { Notice } from '../ui/notice'
import type { Screen } from './screen'
import { type ShellEvent, ShellSocket } from './shell-socket'

type State = { type: 'opening' } | ShellEvent

/** One shell on its screen. It lives as long as this is mounted, shown or not. */
export function TerminalView({
  connectionId,
  machine,
  focusRequest,
  onLeave,
}: {
  connectionId: string
  machine: string
  /** Takes the focus when it changes; 0 does not. */
  focusRequest: number
  onLeave: () => void
}) {
  const box = useRef<HTMLDivElement>(null)
  const screen = useRef<Screen | null>(null)
  const shell = useRef<ShellSocket | null>(null)
  const leave = useRef(onLeave)
  leave.current = onLeave
  const [state, setState] = useState<State>({ type: 'opening' })
  const [title, setTitle] = useState('')

  const connect = useCallback(() => {
    const drawn = screen.current
    if (!drawn) return
    setState({ type: 'opening' })
    shell.current = new ShellSocket({
      connectionId,
      size: drawn.size(),
      onOutput: (bytes, isDrawn) => drawn.write(bytes, isDrawn),
      onEvent: setState,
    })
    drawn.focus()
  }, [connectionId])

  useEffect(() => {
    let isGone = false
    void import('./screen').then(async ({ openScreen }) => {
      if (isGone || !box.current) return
      const opened = await openScreen(box.current, {
        typed: (bytes) => shell.current?.type(bytes),
        resized: (size) => shell.current?.resize(size),
        titled: setTitle,
        left: () => leave.current(),
      })
      if (isGone) return opened.dispose()
      screen.current = opened
      connect()
    })
    return () => {
      isGone = true
      shell.current?.close()
      screen.current?.dispose()
      screen.current = null
    }
  }, [connect])

  useEffect(() => {
    if (focusRequest > 0) screen.current?.focus()
  }, [focusRequest])

  const end = describeEnd(state, machine)
  return (
    <div className="flex flex-col gap-3">
      <div className="h-[65dvh] min-h-64 overflow-hidden rounded-md border border-line bg-raised p-2">
        <div ref={box} data-testid="screen" className="h-full w-full font-mono" />
      </div>
      <p role="status" className="min-h-4 break-all text-soft text-xs">
        {state.type === 'opening' ? `Opening a shell on ${machine} …` : ''}
        {state.type === 'ready' ? title || `Shell on ${machine}` : ''}
      </p>
      {end && (
        <Notice tone={end.tone} title={end.title}>
          <Button
            onClick={() => {
              screen.current?.settle()
              connect()
            }}
          >
            {state.type === 'exit' ? 'Open a new shell' : 'Reconnect'}
          </Button>
        </Notice>
      )}
    </div>
  )
}

function describeEnd(
  state: State,
  machine: string,
): { tone: 'warning' | 'error'; title: string } | null {
  switch (state.type) {
    case 'exit':
      return {
        tone: 'warning',
        title: state.signal
          ? `The shell was ended by signal ${state.signal}.`
          : `The shell ended with exit code ${state.exit_code ?? 'unknown'}.`,
      }
    case 'error':
      return { tone: 'error', title: state.error }
    case 'dropped':
      return {
        tone: 'error',
        title: `The way to ${machine} was interrupted: the app stopped or the network dropped. The shell was hung up; a new one starts in your home folder.`,
      }
    default:
      return null
  }
}
