'use client'

import Link from 'next/link'
import { Button, buttonClass } from '../ui/button'
import { compareHref, FEWEST_COMPARED, MOST_COMPARED } from './compare-ids'

/** What is chosen for a comparison; stays in sight at the bottom of the window. */
export function CompareBar({ ids, onClear }: { ids: string[]; onClear: () => void }) {
  return (
    <div
      role="status"
      className="sticky bottom-3 z-10 flex flex-wrap items-center gap-3 self-start rounded-lg border border-line-strong bg-raised px-4 py-2 shadow-lg"
    >
      <span>
        {ids.length} chosen
        {ids.length < FEWEST_COMPARED && <span className="text-soft">; choose one more</span>}
        {ids.length === MOST_COMPARED && <span className="text-soft">, the most that fit</span>}
      </span>
      {ids.length >= FEWEST_COMPARED && (
        <Link href={compareHref(ids)} className={buttonClass('primary')}>
          Compare
        </Link>
      )}
      <Button kind="quiet" onClick={onClear}>
        Clear
      </Button>
    </div>
  )
}
