import type { ITheme } from '@xterm/xterm'

/** The page's colours for the terminal, which needs them as numbers and not as CSS variables. */
export function readTheme(): ITheme {
  const styles = getComputedStyle(document.documentElement)
  const token = (name: string) => opaque(styles.getPropertyValue(`--${name}`))
  const ink = token('ink')
  const raised = token('raised')
  const [dark, light] = luminance(ink) < luminance(raised) ? [ink, raised] : [raised, ink]
  const colours = {
    black: dark,
    red: token('bad'),
    green: token('good'),
    yellow: token('warn'),
    blue: token('series-1'),
    magenta: token('series-4'),
    cyan: token('series-3'),
    white: light,
  }
  return {
    ...colours,
    background: raised,
    foreground: ink,
    cursor: token('accent'),
    cursorAccent: raised,
    selectionBackground: `${token('accent')}55`,
    brightBlack: token('ink-soft'),
    brightRed: colours.red,
    brightGreen: colours.green,
    brightYellow: colours.yellow,
    brightBlue: colours.blue,
    brightMagenta: colours.magenta,
    brightCyan: colours.cyan,
    brightWhite: light,
  }
}

/** Calls back when the page's colours have changed: by the system, or on the root element. */
export function onThemeChange(listener: () => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)')
  const root = new MutationObserver(listener)
  system.addEventListener('change', listener)
  root.observe(document.documentElement, { attributeFilter: ['class', 'style', 'data-theme'] })
  return () => {
    system.removeEventListener('change', listener)
    root.disconnect()
  }
}

/** Any CSS colour as `#rrggbb`: a canvas knows every notation. */
function opaque(colour: string): string {
  const canvas = document.createElement('canvas')
  canvas.width = 1
  canvas.height = 1
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) return '#000000'
  context.fillStyle = colour.trim()
  context.fillRect(0, 0, 1, 1)
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data
  return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}`
}

function luminance(hex: string): number {
  const value = Number.parseInt(hex.slice(1), 16)
  return 0.3 * (value >> 16) + 0.6 * ((value >> 8) & 255) + 0.1 * (value & 255)
}
