'use client'

import { useEffect, useState } from 'react'

/** A command that was run on a machine before. */
export type PastCommand = { command: string; cwd: string }

const MOST_PAST = 50

/** The commands of one machine, newest first; kept in this browser only. */
export function useHistory(connectionId: string) {
  const key = `dgx.exec.${connectionId}`
  const [past, setPast] = useState<PastCommand[]>([])
  // After the first drawing: the server knows nothing of this browser.
  useEffect(() => setPast(load(key)), [key])

  const keep = (next: PastCommand[]) => {
    setPast(next)
    try {
      localStorage.setItem(key, JSON.stringify(next))
    } catch {
      // A browser that keeps nothing still has it until the page is left.
    }
  }
  return {
    past,
    add: (entry: PastCommand) => keep(remember(past, entry)),
    clear: () => keep([]),
  }
}

/** The same command again moves to the front. */
function remember(past: readonly PastCommand[], entry: PastCommand): PastCommand[] {
  const others = past.filter(({ command, cwd }) => command !== entry.command || cwd !== entry.cwd)
  return [entry, ...others].slice(0, MOST_PAST)
}

function load(key: string): PastCommand[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? '[]')
    return Array.isArray(stored) ? stored.filter(isPastCommand).slice(0, MOST_PAST) : []
  } catch {
    return []
  }
}

function isPastCommand(value: unknown): value is PastCommand {
  if (typeof value !== 'object' || value === null) return false
  const { command, cwd } = value as Record<string, unknown>
  return typeof command === 'string' && typeof cwd === 'string'
}
