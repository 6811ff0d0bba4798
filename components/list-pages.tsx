import type { Route } from 'next'
import Link from 'next/link'
import { buttonClass } from './ui/button'

/** How many of how many are shown, and the way to the others. */
export function ListPages({
  noun,
  href,
  cursor,
  nextCursor,
  shown,
  total,
}: {
  /** As one and as several. */
  noun: readonly [one: string, several: string]
  /** The address of the page that begins there. */
  href: (cursor: string) => string
  /** Where this page begins; empty on the first. */
  cursor: string
  nextCursor: string | null
  shown: number
  total: number
}) {
  const [one, several] = noun
  return (
    <nav aria-label="Pages" className="flex flex-wrap items-center gap-3 text-soft">
      <span>
        {shown === total
          ? `${total} ${total === 1 ? one : several}`
          : `${shown} of ${total} ${several}`}
      </span>
      {cursor && (
        <Link href={href('') as Route} className={buttonClass()}>
          First page
        </Link>
      )}
      {nextCursor && (
        <Link href={href(nextCursor) as Route} className={buttonClass()}>
          Next page
        </Link>
      )}
    </nav>
  )
}
