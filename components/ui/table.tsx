import type { CSSProperties, ReactNode } from 'react'
import { cn } from './cn'

/** `numeric` stands right, over its figures; `hidden` is read out but not shown (a column of buttons). */
type Column = string | { label: string; numeric?: boolean; hidden?: boolean }

/**
 * A table that scrolls sideways by itself where the screen is narrow; one that `stacks` has there its
 * rows as blocks of label and value instead, whole-width in cells with `data-wide`. `relative`, so that what is only
 * read out, which is placed absolutely, scrolls with it and does not widen the page.
 */
export function Table({
  caption,
  head,
  stacks,
  children,
}: {
  caption: string
  head: readonly Column[]
  stacks?: boolean
  children: ReactNode
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
    <section className="relative overflow-x-auto" aria-label={caption} tabIndex={0}>
      <table
        className={cn('w-full border-collapse text-left', stacks && 'stacks')}
        style={stacks ? labelsOf(head) : undefined}
      >
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr className="text-soft text-xs">
            {head.map((column) => {
              const { label, numeric, hidden } = asColumn(column)
              return (
                <th
                  key={label}
                  scope="col"
                  className={`h-8 whitespace-nowrap border-line border-b px-3 font-medium first:pl-4 last:pr-4 ${numeric ? 'text-right' : ''}`}
                >
                  {hidden ? <span className="sr-only">{label}</span> : label}
                </th>
              )
            })}
          </tr>
        </thead>
        <tbody className="[&>tr:hover]:bg-sunken/60 [&>tr:last-child>*]:border-b-0 [&>tr]:transition-colors [&>tr>*]:border-line [&>tr>*]:border-b [&>tr>*]:px-3 [&>tr>*]:py-2 [&>tr>*]:align-top [&>tr>*:first-child]:pl-4 [&>tr>*:last-child]:pr-4">
          {children}
        </tbody>
      </table>
    </section>
  )
}

const asColumn = (column: Column): Exclude<Column, string> =>
  typeof column === 'string' ? { label: column } : column

/** For globals.css, which puts them before the cells. */
function labelsOf(head: readonly Column[]): CSSProperties {
  return Object.fromEntries(
    head.map((column, i) => [`--label-${i + 1}`, JSON.stringify(asColumn(column).label)]),
  )
}
