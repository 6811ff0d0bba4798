'use client'

import { memo } from 'react'
import { type AnsiStyle, parseAnsi } from './ansi'
import type { LogLine } from './log-text'

const BLOCK = 100
/** A longer line costs more to lay out than anybody reads. */
const LONGEST_SHOWN = 8_000

type Shown = { isWrapped: boolean; current: number | null; query: string }

/** Lines in blocks that are drawn once, so that a line more costs one block. */
export function LogLines({ lines, ...shown }: { lines: readonly LogLine[] } & Shown) {
  const blocks = new Map<number, LogLine[]>()
  for (const line of lines) {
    const key = Math.floor(line.id / BLOCK)
    const block = blocks.get(key)
    if (block) block.push(line)
    else blocks.set(key, [line])
  }
  return [...blocks].map(([key, block]) => {
    const has = block.some(({ id }) => id === shown.current)
    return <Block key={key} {...shown} lines={block} current={has ? shown.current : null} />
  })
}

const Block = memo(
  function Block({ lines, isWrapped, current, query }: { lines: LogLine[] } & Shown) {
    return (
      <div>
        {lines.map((line) => (
          <Line
            key={line.id}
            line={line}
            isWrapped={isWrapped}
            isCurrent={line.id === current}
            query={query}
          />
        ))}
      </div>
    )
  },
  (before, after) =>
    before.isWrapped === after.isWrapped &&
    before.current === after.current &&
    before.query === after.query &&
    before.lines.length === after.lines.length &&
    before.lines[0] === after.lines[0] &&
    before.lines.at(-1) === after.lines.at(-1),
)

/** One line; that of stderr has a bar at its left. */
export function Line({
  line,
  isWrapped,
  isCurrent = false,
  query = '',
}: {
  line: LogLine
  isWrapped: boolean
  isCurrent?: boolean
  query?: string
}) {
  const { stream, text } = line
  const isError = stream === 'stderr'
  const cut = text.length - LONGEST_SHOWN
  const spans = parseAnsi(cut > 0 ? text.slice(0, LONGEST_SHOWN) : text)
  return (
    <div
      data-line={line.id}
      data-stream={stream}
      aria-current={isCurrent || undefined}
      className={`min-h-4.5 border-l-3 px-2.5 leading-4.5 ${isWrapped ? 'whitespace-pre-wrap wrap-anywhere' : 'w-max min-w-full whitespace-pre'} ${isError ? 'border-bad' : 'border-transparent'} ${isCurrent ? 'bg-warn-surface' : ''}`}
    >
      {isError && <span className="sr-only select-none">stderr: </span>}
      {spans.map((span, i) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: a span has no identity but its place.
          key={i}
          {...looksOf(span.style)}
        >
          {marked(span.text, query)}
        </span>
      ))}
      {cut > 0 && <span className="text-soft"> … {cut} characters more in the file</span>}
    </div>
  )
}

/** The text with what is searched for marked. */
function marked(text: string, query: string) {
  if (query === '') return text
  const lower = text.toLowerCase()
  const needle = query.toLowerCase()
  const parts: React.ReactNode[] = []
  let from = 0
  for (let at = lower.indexOf(needle); at !== -1; at = lower.indexOf(needle, from)) {
    parts.push(text.slice(from, at))
    parts.push(
      <mark key={at} className="rounded-sm bg-warn text-raised">
        {text.slice(at, at + needle.length)}
      </mark>,
    )
    from = at + needle.length
  }
  return from === 0 ? text : [...parts, text.slice(from)]
}

/** The terminal's sixteen in this page's colours, which can be read in both themes. */
const COLOURS = ['ink', 'bad', 'good', 'warn', 'info', 'series-4', 'series-3', 'ink-soft']

function colourOf(colour: number | string): string {
  // Any other colour is drawn towards that of text, so that it can be read on this background.
  if (typeof colour === 'string') return `color-mix(in oklab, ${colour} 40%, var(--ink))`
  return `var(--${COLOURS[colour % 8] ?? 'ink'})`
}

function looksOf(style: AnsiStyle | null): { className?: string; style?: React.CSSProperties } {
  if (!style) return {}
  const { colour, background, isBold, isDim, isItalic, isUnderlined, isInverse } = style
  const names = [
    isBold && 'font-semibold',
    isDim && 'text-soft',
    isItalic && 'italic',
    isUnderlined && 'underline',
    (isInverse || background !== null) && 'rounded-sm bg-track',
  ].filter(Boolean)
  return {
    className: names.join(' '),
    ...(colour === null || background !== null ? {} : { style: { color: colourOf(colour) } }),
  }
}
