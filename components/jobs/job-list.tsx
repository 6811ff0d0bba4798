'use client'

import Link from 'next/link'
import { useState } from 'react'
import { figure } from '../charts/figure'
import { UNKNOWN } from '../format'
import { Elapsed } from '../ui/elapsed'
import { JobStatus } from '../ui/status'
import { TimeAgo } from '../ui/time'
import { CompareBar } from './compare-bar'
import { MOST_COMPARED } from './compare-ids'
import type { JobRow } from './job-row'

const HEAD = ['Job', 'Status', 'Project', 'Machine', 'Started', 'Ran for', 'Latest']

/**
 * Jobs with what one looks for first, and a box each to choose what to compare. A table; on a
 * narrow screen each row is a card. What is chosen stays so while the filters change.
 */
export function JobList({
  rows,
  now,
  isOfOneProject = false,
}: {
  rows: JobRow[]
  /** The server's clock, so that both sides write the same duration. */
  now: number
  isOfOneProject?: boolean
}) {
  const [chosen, setChosen] = useState<string[]>([])
  const isFull = chosen.length >= MOST_COMPARED
  const choose = (id: string, isOn: boolean) =>
    setChosen((before) => (isOn ? [...before, id] : before.filter((other) => other !== id)))
  const head = HEAD.filter((text) => !isOfOneProject || text !== 'Project')
  return (
    <div className="flex flex-col gap-3">
      <table className="w-full border-collapse text-left max-md:block">
        <caption className="sr-only">Jobs</caption>
        <thead className="max-md:hidden">
          <tr className="text-soft text-xs">
            <th scope="col" className="border-line border-b py-1.5 font-medium">
              <span className="sr-only">Compare</span>
            </th>
            {head.map((text) => (
              <th key={text} scope="col" className="border-line border-b px-2 py-1.5 font-medium">
                {text}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="max-md:flex max-md:flex-col [&>tr:last-child]:border-b-0 md:[&_td]:px-2 md:[&_td]:py-2">
          {rows.map((job) => (
            <tr
              key={job.id}
              className="border-line/60 border-b align-top hover:bg-sunken/60 max-md:grid max-md:grid-flow-row-dense max-md:grid-cols-[auto_1fr_auto] max-md:gap-x-3 max-md:gap-y-1 max-md:py-3"
            >
              <td className="w-6 md:pl-0!">
                <input
                  type="checkbox"
                  aria-label={`Compare ${job.name}`}
                  className="size-4 accent-accent max-md:mt-0.5"
                  checked={chosen.includes(job.id)}
                  disabled={isFull && !chosen.includes(job.id)}
                  onChange={(event) => choose(job.id, event.target.checked)}
                />
              </td>
              <td className="font-medium md:min-w-40">
                <Link href={`/jobs/${job.id}`} className="wrap-anywhere hover:underline">
                  {job.name}
                </Link>
                {job.model_name && (
                  <span className="wrap-anywhere block font-normal text-soft text-xs">
                    {job.model_name}
                  </span>
                )}
              </td>
              <td className="max-md:text-right">
                <JobStatus status={job.status} phase={job.phase} />
              </td>
              {!isOfOneProject && (
                <td className="max-md:col-start-2 max-md:text-xs">
                  {job.project ? (
                    <Link
                      href={`/projects/${job.project.id}`}
                      className="wrap-anywhere hover:underline"
                    >
                      {job.project.name}
                    </Link>
                  ) : (
                    UNKNOWN
                  )}
                </td>
              )}
              <td className="max-md:col-start-3 max-md:text-right max-md:text-xs">
                {job.machine ? (
                  <Link
                    href={`/connections/${job.machine.id}`}
                    className="block max-w-36 truncate hover:underline"
                  >
                    {job.machine.name}
                  </Link>
                ) : (
                  UNKNOWN
                )}
              </td>
              <td className="whitespace-nowrap text-soft max-md:col-start-2 max-md:text-xs">
                {job.started_at ? <TimeAgo at={job.started_at} /> : 'not started'}
              </td>
              <td className="whitespace-nowrap tabular-nums max-md:col-start-3 max-md:text-right max-md:text-xs">
                {job.started_at ? (
                  <Elapsed from={job.started_at} to={job.completed_at} now={now} />
                ) : (
                  <span className="max-md:hidden">{UNKNOWN}</span>
                )}
              </td>
              <td
                className={`whitespace-nowrap max-md:col-start-2 max-md:text-xs ${isOfOneProject ? '' : 'max-md:col-span-2'}`}
              >
                {job.metric ? (
                  <>
                    <span className="font-mono tabular-nums">{figure(job.metric.value)}</span>{' '}
                    <span className="text-soft text-xs">{job.metric.name}</span>
                  </>
                ) : (
                  <span className="max-md:hidden">{UNKNOWN}</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {chosen.length > 0 && <CompareBar ids={chosen} onClear={() => setChosen([])} />}
    </div>
  )
}
