import { SECTIONS } from './sections'

export type Shortcut =
  | { kind: 'palette' }
  | { kind: 'shortcuts' }
  | { kind: 'theme' }
  | { kind: 'search' }
  | { kind: 'go'; href: string }
  | { kind: 'machine'; position: number }

/** What the keys do, as the sheet lists it. */
export const SHORTCUTS: { keys: string[]; text: string }[] = [
  { keys: ['Ctrl or ⌘', 'K'], text: 'Command palette' },
  { keys: ['/'], text: 'Search on this page' },
  ...SECTIONS.map(({ key, text }) => ({ keys: ['g', key], text: `Go to ${text}` })),
  { keys: ['1', '–', '9'], text: 'Go to a machine by its place in the list' },
  { keys: ['t'], text: 'Light or dark' },
  { keys: ['?'], text: 'This list' },
  { keys: ['Esc'], text: 'Close what is open' },
]

type Key = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>

/**
 * The shortcut that a key is, after the key before it.
 * @param isTyping where a letter is a letter, only those with Ctrl or ⌘ count
 */
export function shortcutOf(event: Key, before: string, isTyping: boolean): Shortcut | null {
  const { key, ctrlKey, metaKey, altKey } = event
  if (altKey) return null
  if (ctrlKey || metaKey) return key.toLowerCase() === 'k' ? { kind: 'palette' } : null
  if (isTyping) return null
  if (before === 'g') {
    const section = SECTIONS.find((each) => each.key === key)
    if (section) return { kind: 'go', href: section.href }
  }
  if (/^[1-9]$/.test(key)) return { kind: 'machine', position: Number(key) - 1 }
  const kind = ({ '?': 'shortcuts', '/': 'search', t: 'theme' } as const)[key]
  return kind ? { kind } : null
}
