import { ChartColumnStacked, Download } from 'lucide-react'
import type { Metadata } from 'next'
import { connection } from 'next/server'
import { gpuHours, minuteText, percentText } from '@/components/report/figures'
import { HOUR_PARTS, hourBars } from '@/components/report/hour-bars'
import { HoursChart } from '@/components/report/hours-chart'
import { PrintButton } from '@/components/report/print-button'
import { ReportFilterBar } from '@/components/report/report-filter-bar'
import { rangeOf, readReportFilters, writeDay } from '@/components/report/report-filters'
import {
  GpusCard,
  IdleJobsCard,
  MachinesCard,
  OutcomesCard,
  ProjectsCard,
} from '@/components/report/report-tables'
import { ReportTotals } from '@/components/report/report-totals'
import { buttonClass } from '@/components/ui/button'
import { Card, PageHeader } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { getReport, listConnections, listProjects } from '@/lib/dgx'
import type { Report } from '@/lib/dgx/report/answers'

export const metadata: Metadata = { title: 'Report' }

/** As many as fit a screen. */
const MOST_BARS = 92
const DAY_S = 86_400

export default async function ReportPage({ searchParams }: PageProps<'/report'>) {
  // Not while it is built, where there is no database.
  await connection()
  const asked = readReportFilters(await searchParams, Date.now())
  const [{ items: machines }, { items: projects }] = await Promise.all([
    listConnections({ limit: 1000, sort: 'position' }),
    listProjects({ limit: 1000, sort: 'name' }),
  ])
  // One that is gone since the address was kept filters nothing.
  const machine = machines.find(({ id }) => id === asked.machine)
  const project = projects.find(({ id }) => id === asked.project)
  const filters = { ...asked, machine: machine?.id ?? '', project: project?.id ?? '' }
  const report = await getReport({
    ...rangeOf(filters),
    connection_id: machine?.id,
    project_id: project?.id,
  })
  const isEmpty = report.gpus.length === 0 && report.jobs.total === 0
  return (
    <>
      <PageHeader title="Report" note={<Period report={report} of={[machine, project]} />}>
        <div className="flex flex-wrap gap-2 print:hidden">
          {(['md', 'csv'] as const).map((format) => (
            <a key={format} href={fileHref(report, format)} className={buttonClass()}>
              <Download aria-hidden="true" />
              {format === 'md' ? 'Markdown' : 'CSV'}
            </a>
          ))}
          <PrintButton />
        </div>
      </PageHeader>
      <ReportFilterBar
        filters={filters}
        shown={{
          from: report.from.slice(0, 10),
          to: report.to.slice(0, 10),
          today: writeDay(Date.now()),
        }}
        machines={machines.map(({ id, name }) => ({ id, name }))}
        projects={projects.map(({ id, name }) => ({ id, name }))}
      />
      {isEmpty ? (
        <EmptyState title="Nothing in this time" icon={<ChartColumnStacked />}>
          <p>
            No GPU was sampled and no job ran. A report is made of what is recorded while machines
            are connected.
          </p>
        </EmptyState>
      ) : (
        <>
          <ReportTotals report={report} />
          <Hours report={report} />
          {report.machines.length > 0 && <MachinesCard machines={report.machines} />}
          {report.projects.length > 0 && <ProjectsCard projects={report.projects} />}
          <div className="grid gap-5 xl:grid-cols-2 print:block print:space-y-5">
            <OutcomesCard jobs={report.jobs} />
            {report.idle_jobs.length > 0 && <IdleJobsCard idle_jobs={report.idle_jobs} />}
          </div>
          {report.gpus.length > 0 && <GpusCard gpus={report.gpus} />}
          <p className="text-soft text-xs">
            Hours are GPU-hours. What is held is by the clock; the rest is of the time that was
            sampled, to the minute. Busy is utilization times time. Days are of UTC.
          </p>
        </>
      )}
    </>
  )
}

function Period({ report, of }: { report: Report; of: ({ name: string } | undefined)[] }) {
  const { from, to, coverage_percent } = report
  return [
    `${minuteText(from)} to ${minuteText(to)} UTC`,
    ...of.flatMap((filter) => filter?.name ?? []),
    ...(coverage_percent === null ? [] : [`${percentText(coverage_percent)} of it sampled`]),
  ].join(' · ')
}

function Hours({ report }: { report: Report }) {
  const { series, step_s, total } = report
  const isHourly = step_s < DAY_S
  const parts = HOUR_PARTS.filter(({ key }) => report.project_id === null || key.startsWith('held'))
  const words = parts.map(({ key, label }) => `${label} ${gpuHours(total.gpu_hours[key])}`)
  return (
    <Card title={`GPU-hours by the ${isHourly ? 'hour' : 'day'}`}>
      <HoursChart
        label={`GPU-hours: ${words.join(', ')}`}
        bars={hourBars(series, MOST_BARS)}
        isHourly={isHourly}
      />
      <ul className="mt-3 flex flex-wrap gap-x-5 gap-y-1 text-xs">
        {parts.map(({ key, label, colour }) => (
          <li key={key} className="flex items-center gap-1.5">
            <span
              aria-hidden="true"
              className="size-2.5 rounded-xs border border-line-strong/40"
              style={{ background: colour }}
            />
            <span className="text-soft">{label}</span>
            <span className="font-medium tabular-nums">{gpuHours(total.gpu_hours[key])}</span>
          </li>
        ))}
      </ul>
    </Card>
  )
}

/** The same report as a file: of the same moment, so that it has the same figures. */
function fileHref({ from, to, connection_id, project_id }: Report, format: 'md' | 'csv'): string {
  const query = new URLSearchParams({
    ...{ from, to },
    ...(connection_id ? { connection_id } : {}),
    ...(project_id ? { project_id } : {}),
    format,
  })
  return `/api/dgx/report?${query}`
}
