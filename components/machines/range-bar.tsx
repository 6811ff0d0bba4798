'use client'

import { Download, ZoomOut } from 'lucide-react'
import Link from 'next/link'
import { buttonClass } from '../ui/button'
import { historyParameters, RANGES, type TimeRange } from './time-range'

/** Which time the charts show: the ranges, the way back from a zoom, and its values as a file. */
export function RangeBar({ connectionId, range }: { connectionId: string; range: TimeRange }) {
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
      <nav
        aria-label="Range"
        className="flex rounded-md border border-line bg-raised p-0.5 text-xs tabular-nums"
      >
        {RANGES.map(({ key, label }) => {
          const isShown = !range.zoom && key === range.key
          return (
            <Link
              key={key}
              href={`/connections/${connectionId}?range=${key}`}
              scroll={false}
              aria-current={isShown ? 'true' : undefined}
              className={`rounded px-2 py-1 whitespace-nowrap ${isShown ? 'bg-sunken font-medium' : 'text-soft hover:text-ink'}`}
            >
              {label}
            </Link>
          )
        })}
      </nav>
      {range.zoom && (
        <Link
          href={`/connections/${connectionId}?range=${range.key}`}
          scroll={false}
          className={buttonClass('plain', 'sm')}
        >
          <ZoomOut aria-hidden="true" size={14} />
          Reset zoom
        </Link>
      )}
      <a
        href={`/api/dgx/metrics/${connectionId}/history?${historyParameters(range)}&points=2000&format=csv`}
        className={buttonClass('quiet', 'sm')}
      >
        <Download aria-hidden="true" size={14} />
        CSV
      </a>
    </div>
  )
}
