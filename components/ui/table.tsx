import type { ReactNode } from 'react'

/** A table that scrolls sideways by itself where the screen is narrow. */
export function Table({
  caption,
  head,
  children,
}: {
  caption: string
  head: readonly string[]
  children: ReactNode
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
    <section className="overflow-x-auto" aria-label={caption} tabIndex={0}>
      <table className="w-full border-collapse text-left">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr className="text-soft text-xs">
            {head.map((text) => (
              <th
                key={text}
                scope="col"
                className="border-line border-b px-2 py-1.5 font-medium whitespace-nowrap"
              >
                {text}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="[&_:is(td,th)]:px-2 [&_:is(td,th)]:py-2 [&_tr:not(:last-child)_:is(td,th)]:border-line/60 [&_tr:not(:last-child)_:is(td,th)]:border-b">
          {children}
        </tbody>
      </table>
    </section>
  )
}
