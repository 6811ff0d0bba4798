/** The shapes of the pages until their data is there, so that nothing jumps when it comes. */
import type { ReactNode } from 'react'
import { PageHeader } from './ui/card'
import { cn } from './ui/cn'
import { Skeleton } from './ui/skeleton'

const times = (count: number) => Array.from({ length: count }, (_, i) => i)

function Loading({ children }: { children: ReactNode }) {
  return (
    <div role="status" className="flex flex-col gap-5">
      <span className="sr-only">Loading</span>
      {children}
    </div>
  )
}

/** A list's heading is known before its rows are. */
function KnownHeader({ title, buttons = 1 }: { title: string; buttons?: number }) {
  return (
    <PageHeader title={title}>
      {times(buttons).map((i) => (
        <Skeleton key={i} className="h-8 w-28" />
      ))}
    </PageHeader>
  )
}

/** The name of one thing, what stands under it, and what can be done with it. */
function NamedHeader({ hasTrail = false, buttons = 3 }: { hasTrail?: boolean; buttons?: number }) {
  return (
    <div className="flex flex-wrap items-start justify-between gap-3">
      <div className="flex flex-col gap-2">
        {hasTrail && <Skeleton className="h-3 w-20" />}
        <Skeleton className="h-7 w-48" />
        <Skeleton className="w-64" />
      </div>
      <div className="flex gap-2">
        {times(buttons).map((i) => (
          <Skeleton key={i} className="h-8 w-20" />
        ))}
      </div>
    </div>
  )
}

export function SafetySkeleton() {
  return (
    <Loading>
      <NamedHeader hasTrail buttons={1} />
      <Box className="h-28 max-w-3xl">
        <Skeleton className="w-48" />
      </Box>
      <Box className="h-96 max-w-3xl">
        <Skeleton className="w-40" />
      </Box>
    </Loading>
  )
}

function FilterBar() {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Skeleton className="h-8 w-full sm:w-72" />
      <Skeleton className="h-8 w-32" />
      <Skeleton className="h-8 w-28" />
    </div>
  )
}

function Box({ className, children }: { className?: string; children: ReactNode }) {
  return (
    <div className={cn('rounded-lg border border-line bg-raised p-4', className)}>{children}</div>
  )
}

function Chart() {
  return (
    <Box className="flex flex-col gap-3 p-3">
      <Skeleton className="w-28" />
      <Skeleton className="h-40" />
    </Box>
  )
}

function Rows({ count }: { count: number }) {
  return (
    <div className="divide-y divide-line rounded-lg border border-line bg-raised">
      {times(count).map((i) => (
        <div key={i} className="flex items-center gap-6 px-4 py-3.5">
          <div className="flex flex-1 flex-col gap-2">
            <Skeleton className="w-40 max-w-full" />
            <Skeleton className="h-3 w-56 max-w-full" />
          </div>
          <Skeleton className="hidden w-36 lg:block" />
          <Skeleton className="hidden w-24 lg:block" />
          <Skeleton className="h-7 w-20" />
        </div>
      ))}
    </div>
  )
}

export function OverviewSkeleton() {
  return (
    <Loading>
      <KnownHeader title="Overview" />
      <Box className="grid grid-cols-2 gap-x-6 gap-y-4 sm:grid-cols-3 lg:grid-cols-5">
        {times(5).map((i) => (
          <div key={i} className="flex flex-col gap-2">
            <Skeleton className="h-3 w-20" />
            <Skeleton className="h-7 w-24" />
          </div>
        ))}
      </Box>
      <FilterBar />
      <div className="grid gap-4 md:grid-cols-2 2xl:grid-cols-3">
        {times(4).map((i) => (
          <Box key={i} className="flex flex-col gap-3">
            <Skeleton className="h-5 w-36" />
            <Skeleton className="h-3 w-48" />
            <Skeleton className="h-44" />
          </Box>
        ))}
      </div>
    </Loading>
  )
}

export function MachinesSkeleton() {
  return (
    <Loading>
      <KnownHeader title="Machines" buttons={2} />
      <Rows count={5} />
    </Loading>
  )
}

export function MachineSkeleton() {
  return (
    <Loading>
      <NamedHeader hasTrail buttons={4} />
      <Box className="flex flex-col gap-4">
        <Skeleton className="w-28" />
        <Skeleton className="h-24" />
      </Box>
      <Skeleton className="h-8 w-80 max-w-full" />
      <div className="grid gap-3 md:grid-cols-2">
        {times(6).map((i) => (
          <Chart key={i} />
        ))}
      </div>
    </Loading>
  )
}

export function TerminalSkeleton() {
  return (
    <Loading>
      <NamedHeader hasTrail buttons={1} />
      <Skeleton className="h-[60dvh] rounded-lg" />
    </Loading>
  )
}

export function JobsSkeleton() {
  return (
    <Loading>
      <KnownHeader title="Jobs" />
      <FilterBar />
      <Rows count={8} />
    </Loading>
  )
}

export function AuditSkeleton() {
  return (
    <Loading>
      <KnownHeader title="Audit" buttons={0} />
      <FilterBar />
      <Rows count={10} />
    </Loading>
  )
}

export function JobSkeleton() {
  return (
    <Loading>
      <NamedHeader hasTrail />
      <Skeleton className="h-16 rounded-lg" />
      <Chart />
      <div className="grid gap-5 md:grid-cols-2">
        <Chart />
        <Chart />
      </div>
    </Loading>
  )
}

export function CompareSkeleton() {
  return (
    <Loading>
      <KnownHeader title="Compare jobs" />
      <Rows count={6} />
      <Chart />
    </Loading>
  )
}

export function ProjectsSkeleton() {
  return (
    <Loading>
      <KnownHeader title="Projects" />
      <FilterBar />
      <div className="grid gap-4 md:grid-cols-2 xl:grid-cols-3">
        {times(6).map((i) => (
          <Box key={i} className="flex flex-col gap-3">
            <Skeleton className="h-5 w-40" />
            <Skeleton className="h-3 w-56 max-w-full" />
            <Skeleton className="h-12" />
          </Box>
        ))}
      </div>
    </Loading>
  )
}

export function ProjectSkeleton() {
  return (
    <Loading>
      <NamedHeader hasTrail />
      <Chart />
      <FilterBar />
      <Rows count={5} />
    </Loading>
  )
}

export function NewJobSkeleton() {
  return (
    <Loading>
      <NamedHeader hasTrail buttons={0} />
      <Box className="flex flex-col gap-4">
        <Skeleton className="h-20" />
        <Skeleton className="h-8" />
      </Box>
      <Box className="grid gap-4 md:grid-cols-2">
        <Skeleton className="h-24" />
        <Skeleton className="h-24" />
      </Box>
    </Loading>
  )
}

export function QueueSkeleton() {
  return (
    <Loading>
      <KnownHeader title="Queue" />
      <Rows count={4} />
      <Box className="flex flex-col gap-2">
        {times(8).map((i) => (
          <Skeleton key={i} className="h-6" />
        ))}
      </Box>
    </Loading>
  )
}

export function ReportSkeleton() {
  return (
    <Loading>
      <KnownHeader title="Report" buttons={3} />
      <FilterBar />
      <Skeleton className="h-20 rounded-lg" />
      <Chart />
      <Rows count={4} />
      <Rows count={4} />
    </Loading>
  )
}
