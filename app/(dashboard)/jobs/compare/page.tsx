import { GitCompareArrows } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { AddToComparison } from '@/components/jobs/add-to-comparison'
import { compareHref, FEWEST_COMPARED, MOST_COMPARED, readIds } from '@/components/jobs/compare-ids'
import { ComparisonTable } from '@/components/jobs/comparison-table'
import { MetricCharts } from '@/components/jobs/metric-charts'
import { LiveRefresh } from '@/components/live/live-refresh'
import { buttonClass } from '@/components/ui/button'
import { Card, PageHeader } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { Notice } from '@/components/ui/notice'
import { listJobs, listProjects } from '@/lib/dgx'
import { runsOf } from '../runs'
import { findCompared } from './jobs'

export const metadata: Metadata = { title: 'Compare jobs' }

/** As many as one wants to look through in a menu. */
const CHOICES = 200

export default async function ComparePage({ searchParams }: PageProps<'/jobs/compare'>) {
  const params = await searchParams
  const isAll = params['all'] === '1'
  const { ids: references, left } = readIds(params['ids'])
  const [{ jobs, unknown }, newest, { items: projects }] = await Promise.all([
    findCompared(references),
    listJobs({ limit: CHOICES }),
    listProjects({ limit: 1000 }),
  ])
  const ids = jobs.map(({ id }) => id)
  const runs = await runsOf(jobs)
  const projectNames = new Map(projects.map(({ id, name }) => [id, name]))
  // Jobs of the same project are what one mostly compares with.
  const isNear = (job: { project_id: string | null }) =>
    Number(jobs.some(({ project_id }) => project_id === job.project_id))
  const choices = newest.items
    .filter(({ id }) => !ids.includes(id))
    .toSorted((a, b) => isNear(b) - isNear(a))
    .map(({ id, name, project_id }) => ({
      id,
      name,
      project: projectNames.get(project_id ?? '') ?? null,
    }))
  return (
    <>
      <LiveRefresh on="jobs" />
      <PageHeader
        trail={[{ href: '/jobs', text: 'Jobs' }]}
        title="Compare jobs"
        note={
          <Link href="/jobs" className="underline">
            All jobs
          </Link>
        }
      >
        <AddToComparison ids={ids} isAll={isAll} choices={choices} />
      </PageHeader>
      {unknown.length > 0 && (
        <Notice
          tone="warning"
          title={`Not found: ${unknown.map((id) => id.slice(0, 100)).join(', ')}`}
        >
          There is no such job, or several have that name. It may have been deleted.{' '}
          <Link href={compareHref(ids, { all: isAll })} className="underline">
            Go on without
          </Link>
        </Notice>
      )}
      {left.length > 0 && (
        <Notice
          tone="warning"
          title={`Only the first ${MOST_COMPARED} of ${references.length + left.length} jobs are compared`}
        >
          More lines could not be told apart. Remove one to add another.
        </Notice>
      )}
      {jobs.length < FEWEST_COMPARED ? (
        <EmptyState
          title={jobs.length === 0 ? 'Nothing to compare yet' : 'One job alone'}
          icon={<GitCompareArrows />}
        >
          <p>
            A comparison takes {FEWEST_COMPARED} to {MOST_COMPARED} jobs. Add one above, or tick
            them in the list.
          </p>
          <Link href="/jobs" className={buttonClass('primary')}>
            Choose jobs
          </Link>
        </EmptyState>
      ) : (
        <>
          <Card
            title="Side by side"
            actions={
              <Link href={compareHref(ids, { all: !isAll })} className={buttonClass('quiet')}>
                {isAll ? 'Only what differs' : 'Show all keys'}
              </Link>
            }
          >
            <ComparisonTable jobs={jobs} isAll={isAll} now={Date.now()} />
          </Card>
          <Card title="Metrics over each other">
            <MetricCharts runs={runs} />
          </Card>
        </>
      )}
    </>
  )
}
