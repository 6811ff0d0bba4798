import Link from 'next/link'
import type { ReactNode } from 'react'
import type { Job } from '@/lib/dgx/jobs/records'
import { figure } from '../charts/figure'
import { LineSample } from '../charts/line-style'
import { UNKNOWN } from '../format'
import { Elapsed } from '../ui/elapsed'
import { JobStatus } from '../ui/status'
import { TimeAgo } from '../ui/time'
import { compareHref } from './compare-ids'
import { diffConfigs } from './config-diff'
import { flatten, written } from './flatten'

/**
 * Jobs as columns: their state, their last metrics, and the keys of their configs that differ
 * (`isAll`: all keys). Scrolls sideways by itself; the names of the rows stay in sight.
 */
export function ComparisonTable({
  jobs,
  isAll,
  now,
}: {
  jobs: Job[]
  isAll: boolean
  now: number
}) {
  const ids = jobs.map(({ id }) => id)
  const config = diffConfigs(jobs.map((job) => job.config))
  const shown = config.filter(({ isDifferent }) => isAll || isDifferent)
  const metrics = jobs.map((job) => flatten(job.metrics))
  const numbers = [...new Set(metrics.flatMap((values) => Object.keys(values)))].filter((name) =>
    metrics.some((values) => typeof values[name] === 'number'),
  )
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
    <section className="overflow-x-auto" aria-label="Comparison" tabIndex={0}>
      <table className="w-full border-collapse text-left [&_td]:border-line/60 [&_td]:border-b [&_td]:px-2 sm:[&_td]:px-3 [&_td]:py-1.5 [&_td]:align-top">
        <caption className="sr-only">Comparison of {jobs.length} jobs</caption>
        <thead>
          <tr>
            <td className="sticky left-0 bg-raised" />
            {jobs.map((job, i) => (
              <th
                key={job.id}
                scope="col"
                className="min-w-24 border-line border-b px-2 py-1.5 sm:px-3"
              >
                <LineSample index={i} />
                <Link
                  href={`/jobs/${job.id}`}
                  className="wrap-anywhere font-semibold hover:underline"
                >
                  {job.name}
                </Link>
                <Link
                  href={compareHref(
                    ids.filter((id) => id !== job.id),
                    { all: isAll },
                  )}
                  className="block font-normal text-soft text-xs hover:underline"
                  aria-label={`Remove ${job.name}`}
                >
                  Remove
                </Link>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Row
            name="Status"
            cells={jobs.map(({ id, status, phase }) => (
              <JobStatus key={id} status={status} phase={phase} />
            ))}
          />
          <Row name="Model" cells={jobs.map(({ model_name }) => model_name ?? UNKNOWN)} />
          <Row
            name="Started"
            cells={jobs.map(({ id, started_at }) => <TimeAgo key={id} at={started_at} />)}
          />
          <Row
            name="Ran for"
            cells={jobs.map((job) => (
              <Elapsed key={job.id} from={job.started_at} to={job.completed_at} now={now} />
            ))}
          />
        </tbody>
        <Group title="Last metrics" jobs={jobs.length}>
          {numbers.length === 0 && <Row name="None yet" cells={jobs.map(() => UNKNOWN)} />}
          {numbers.map((name) => (
            <Row
              key={name}
              name={name}
              isCode
              cells={metrics.map((values) => {
                const value = values[name]
                return typeof value === 'number' ? figure(value) : UNKNOWN
              })}
            />
          ))}
        </Group>
        <Group
          title={
            isAll
              ? `Config, all ${config.length} keys`
              : `Config, ${shown.length} of ${config.length} keys differ`
          }
          jobs={jobs.length}
        >
          {shown.map(({ key, values, isDifferent }) => (
            <Row
              key={key}
              name={key}
              isCode
              isMarked={isAll && isDifferent}
              cells={values.map((value) => (value === undefined ? UNKNOWN : written(value)))}
            />
          ))}
        </Group>
      </table>
    </section>
  )
}

function Group({ title, jobs, children }: { title: string; jobs: number; children: ReactNode }) {
  return (
    <tbody>
      <tr>
        <th scope="rowgroup" colSpan={jobs + 1} className="px-3 pt-4 pb-1 font-semibold">
          <span className="sticky left-3">{title}</span>
        </th>
      </tr>
      {children}
    </tbody>
  )
}

function Row({
  name,
  cells,
  isCode = false,
  isMarked = false,
}: {
  name: string
  cells: ReactNode[]
  isCode?: boolean
  isMarked?: boolean
}) {
  return (
    <tr className={isMarked ? 'bg-warn-surface' : ''}>
      <th
        scope="row"
        className={`sticky left-0 min-w-28 max-w-48 wrap-anywhere border-line/60 border-b px-3 py-1.5 align-top font-normal text-soft ${isMarked ? 'bg-warn-surface' : 'bg-raised'}`}
      >
        {isMarked && <span title="differs">≠ </span>}
        {name}
      </th>
      {cells.map((cell, i) => (
        <td
          // biome-ignore lint/suspicious/noArrayIndexKey: a cell has no identity but its column.
          key={i}
          className={isCode ? 'wrap-anywhere font-mono text-xs leading-5 tabular-nums' : ''}
        >
          {cell}
        </td>
      ))}
    </tr>
  )
}
