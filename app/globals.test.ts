import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

const css = readFileSync(path.resolve(import.meta.dirname, 'globals.css'), 'utf8')

type Rgb = [number, number, number]
type Theme = 'light' | 'dark'

/** A token's colour in a theme, linear RGB from 0 to 1. */
function colour(token: string, theme: Theme): Rgb {
  const [, light, dark] =
    new RegExp(`--${token}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(css) ?? []
  const hex = theme === 'light' ? light : dark
  if (!hex) throw new Error(`globals.css has no colour --${token}`)
  const channel = (start: number) => {
    const value = Number.parseInt(hex.slice(start, start + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return [channel(1), channel(3), channel(5)]
}

function contrast(a: Rgb, b: Rgb): number {
  const luminance = ([r, g, b]: Rgb) => 0.2126 * r + 0.7152 * g + 0.0722 * b
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (light + 0.05) / (dark + 0.05)
}

const times = (matrix: readonly Rgb[], [x, y, z]: Rgb): Rgb =>
  matrix.map(([a, b, c]) => a * x + b * y + c * z) as Rgb

/** Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB. */
const SIGHT: Record<string, readonly Rgb[]> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
}

function oklab(rgb: Rgb): Rgb {
  const inside = rgb.map((value) => Math.min(1, Math.max(0, value))) as Rgb
  const cones = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    inside,
  )
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    cones.map(Math.cbrt) as Rgb,
  )
}

const SERIES = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `series-${n}`)
const WORDS = ['ink', 'ink-soft', 'accent', 'good', 'warn', 'bad', 'info']

describe.each<Theme>(['light', 'dark'])('the colours of the %s theme', (theme) => {
  it.each(Object.keys(SIGHT))('are told apart in charts with %s sight', (sight) => {
    const seen = SERIES.map((token) => oklab(times(SIGHT[sight] ?? [], colour(token, theme))))
    const distances = seen.flatMap((a, i) =>
      seen.slice(i + 1).map((b) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])),
    )
    expect(Math.min(...distances)).toBeGreaterThan(sight === 'usual' ? 0.115 : 0.09)
  })

  it.each(WORDS)('can be read as words in --%s', (word) => {
    for (const ground of ['surface', 'raised', 'sunken']) {
      expect(contrast(colour(word, theme), colour(ground, theme))).toBeGreaterThanOrEqual(4.5)
    }
  })

  it.each([...SERIES, 'line-strong'])('can be seen as lines in --%s', (token) => {
    expect(contrast(colour(token, theme), colour('raised', theme))).toBeGreaterThanOrEqual(3)
  })
})
