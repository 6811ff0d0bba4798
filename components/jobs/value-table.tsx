'use client'

import { useState } from 'react'
import { Button } from '../ui/button'
import { Card } from '../ui/card'
import { inputClass } from '../ui/field'
import { flatten, written } from './flatten'

/** Below this many keys one finds a key faster by eye. */
const SEARCH_FROM = 10

/** A JSON object as a card with a table of its keys, nested ones with dots. */
export function ValueTable({
  title,
  values,
  empty,
}: {
  title: string
  values: Record<string, unknown>
  empty: string
}) {
  const [search, setSearch] = useState('')
  const [copied, setCopied] = useState<'' | 'Copied' | 'The browser did not allow it'>('')
  const entries = Object.entries(flatten(values))
  const wanted = search.trim().toLowerCase()
  const shown = entries.filter(
    ([key, value]) =>
      key.toLowerCase().includes(wanted) || written(value).toLowerCase().includes(wanted),
  )
  async function copy() {
    try {
      await navigator.clipboard.writeText(JSON.stringify(values, null, 2))
      setCopied('Copied')
    } catch {
      // Only https and localhost have a clipboard.
      setCopied('The browser did not allow it')
    }
  }
  return (
    <Card
      title={title}
      actions={
        entries.length > 0 && (
          <span className="flex items-center gap-2">
            <span role="status" className="text-soft text-xs">
              {copied}
            </span>
            <Button kind="quiet" onClick={copy} aria-label={`Copy JSON of ${title}`}>
              Copy JSON
            </Button>
          </span>
        )
      }
    >
      {entries.length >= SEARCH_FROM && (
        <div className="mb-3">
          <input
            type="search"
            aria-label={`Search in ${title}`}
            placeholder={`Search ${entries.length} keys`}
            className={inputClass}
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        </div>
      )}
      {shown.length === 0 ? (
        <p className="text-soft">{entries.length === 0 ? empty : 'No key or value has that.'}</p>
      ) : (
        <dl className="grid grid-cols-[fit-content(60%)_1fr] gap-x-6">
          {shown.map(([key, value]) => (
            <div
              key={key}
              className="col-span-2 grid grid-cols-subgrid border-line/60 border-b py-1 last:border-b-0"
            >
              <dt className="break-all text-soft">{key}</dt>
              <dd className="break-all font-mono text-xs leading-5">{written(value)}</dd>
            </div>
          ))}
        </dl>
      )}
    </Card>
  )
}
