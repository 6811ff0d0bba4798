/** The colours of a canvas, from the style sheet's variables. */
export type ChartPalette = {
  series: (n: number) => string
  line: string
  soft: string
  accent: string
  font: string
}

export function readPalette(element: HTMLElement): ChartPalette {
  const style = getComputedStyle(element)
  const colour = (name: string) => style.getPropertyValue(name).trim()
  const series = Array.from({ length: 8 }, (_, i) => colour(`--series-${i + 1}`))
  return {
    series: (n) => series[n - 1] ?? colour('--ink'),
    line: colour('--line'),
    soft: colour('--ink-soft'),
    accent: colour('--accent'),
    font: style.fontFamily,
  }
}

/** Calls back after the theme has changed: by the system, or by the switch of this page. */
export function watchTheme(onChange: () => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)')
  system.addEventListener('change', onChange)
  const observer = new MutationObserver(onChange)
  observer.observe(document.documentElement, { attributeFilter: ['data-theme', 'class', 'style'] })
  return () => {
    system.removeEventListener('change', onChange)
    observer.disconnect()
  }
}
