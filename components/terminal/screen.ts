import { FitAddon } from '@xterm/addon-fit'
import { Terminal } from '@xterm/xterm'
import { onThemeChange, readTheme } from './theme'

export type Screen = {
  size(): { cols: number; rows: number }
  write(bytes: Uint8Array, drawn: () => void): void
  /** Ends what a dropped program left behind: its own screen, the mouse, a hidden cursor. */
  settle(): void
  focus(): void
  dispose(): void
}

const SOFT_RESET =
  '\x1b[?1049l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?2004l\x1b[!p\x1b[0m'
const MAX_TITLE = 80

/**
 * A terminal drawn into `element`, as large as it. What a machine writes is drawn and nothing
 * else: it sets no clipboard, makes no link, and its title is a text.
 */
export async function openScreen(
  element: HTMLElement,
  on: {
    typed(bytes: Uint8Array<ArrayBuffer>): void
    resized(size: { cols: number; rows: number }): void
    titled(title: string): void
    /** The person wants to leave; Tab belongs to the shell. */
    left(): void
  },
): Promise<Screen> {
  const { fontFamily } = getComputedStyle(element)
  const fontSize = 13
  // Characters are measured once: with the font's stand-in they would overlap.
  await document.fonts.load(`${fontSize}px ${fontFamily}`).catch(() => [])
  const terminal = new Terminal({
    fontFamily,
    fontSize,
    scrollback: 5000,
    theme: readTheme(),
    // Programs choose colours for a background that they cannot know.
    minimumContrastRatio: 4.5,
    linkHandler: { activate: () => {} },
  })
  const fit = new FitAddon()
  terminal.loadAddon(fit)
  const swallow = () => true
  terminal.parser.registerOscHandler(52, swallow)
  terminal.parser.registerOscHandler(8, swallow)
  terminal.onTitleChange((title) => on.titled(printable(title)))
  terminal.attachCustomKeyEventHandler((event) => {
    const wanted = shortcut(event, terminal.hasSelection())
    if (wanted === null) return true
    if (event.type === 'keydown' && wanted === 'copy') {
      event.preventDefault()
      void navigator.clipboard.writeText(terminal.getSelection())
    } else if (event.type === 'keydown' && wanted === 'leave') {
      event.preventDefault()
      on.left()
    }
    return false
  })
  const encoder = new TextEncoder()
  terminal.onData((text) => on.typed(encoder.encode(text)))
  // Old mouse reports are bytes, not characters.
  terminal.onBinary((text) => on.typed(Uint8Array.from(text, (part) => part.charCodeAt(0))))
  terminal.onResize(({ cols, rows }) => on.resized({ cols, rows }))
  terminal.open(element)

  const resize = () => {
    // A hidden tab has no size to take over.
    if (element.clientWidth > 0 && element.clientHeight > 0) fit.fit()
  }
  resize()
  const observer = new ResizeObserver(() => requestAnimationFrame(resize))
  observer.observe(element)
  const ignoreTheme = onThemeChange(() => {
    terminal.options.theme = readTheme()
  })
  return {
    size: () => ({ cols: terminal.cols, rows: terminal.rows }),
    write: (bytes, drawn) => terminal.write(bytes, drawn),
    settle: () => terminal.write(`${SOFT_RESET}\r\n`),
    focus: () => terminal.focus(),
    dispose: () => {
      ignoreTheme()
      observer.disconnect()
      terminal.dispose()
    },
  }
}

/** Paste is left to the browser, which asks nobody for the clipboard then. */
function shortcut(event: KeyboardEvent, hasSelection: boolean): 'copy' | 'paste' | 'leave' | null {
  const isControlShift = event.ctrlKey && event.shiftKey && !event.altKey && !event.metaKey
  if (isControlShift && event.code === 'KeyL') return 'leave'
  if (isControlShift && event.code === 'KeyV') return 'paste'
  const isCommand = event.metaKey && !event.ctrlKey && !event.altKey
  const isCopy = event.code === 'KeyC' && (isControlShift || isCommand)
  // Without a secure context there is no clipboard to write to; the browser's own menu remains.
  return isCopy && hasSelection && 'clipboard' in navigator ? 'copy' : null
}

/** A title comes from the machine: no control and no direction characters, and not much of it. */
function printable(title: string): string {
  return title.replace(/[\p{Cc}\p{Cf}]/gu, '').slice(0, MAX_TITLE)
}
