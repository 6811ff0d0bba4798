'use client'

import type { ReactNode } from 'react'
import type { ChartGroup } from '../charts/chart-group'
import type { ChartLine, Column, Values } from '../charts/columns'
import type { JobSpan } from '../charts/job-spans'
import type { HostColumns } from '../charts/live-columns'
import { TimeChart } from '../charts/time-chart'
import { axisEnd, type ChartedMetric } from './gpu-metrics'

const NONE_HIDDEN: ReadonlySet<string> = new Set()
const BYTES_PER_MB = 1e6
const MB_PER_GIB = 1024

const line = (key: string, label: string, colour: number, column: Column): ChartLine => ({
  key,
  label,
  colour,
  isDashed: false,
  ...column,
})

/** Where the host's axes end; null where it does not say. */
export type HostLimits = { cores: number | null; memoryMb: number | null; diskGb: number | null }

function scaled({ average, least, greatest }: Column, factor: number): Column {
  const all = (values: Values) => values.map((value) => (value === null ? null : value * factor))
  return {
    average: all(average),
    ...(least && greatest ? { least: all(least), greatest: all(greatest) } : {}),
  }
}

/** What is charted of a host, with axes that stay. */
export function hostMetrics({ metrics }: HostColumns, limits: HostLimits): ChartedMetric[] {
  const { cores, memoryMb, diskGb } = limits
  const network = [
    line('network in', 'In', 1, scaled(metrics.network_rx_bytes_per_s, 1 / BYTES_PER_MB)),
    line('network out', 'Out', 2, scaled(metrics.network_tx_bytes_per_s, 1 / BYTES_PER_MB)),
  ]
  const memory = [line('memory', 'Memory', 1, scaled(metrics.memory_used_mb, 1 / MB_PER_GIB))]
  const disk = [line('disk', 'Disk', 1, metrics.disk_used_gb)]
  const load = [line('load', 'Load', 1, metrics.load_1m)]
  return [
    {
      key: 'cpu',
      title: 'Host CPU',
      unit: '%',
      lines: [line('cpu', 'CPU', 1, metrics.cpu_utilization)],
      max: 100,
      format: (value) => value.toFixed(0),
    },
    {
      key: 'load',
      title: 'Host load',
      unit: cores === null ? '' : `of ${cores} cores`,
      lines: load,
      max: axisEnd(cores, load),
      format: (value) => value.toFixed(2),
    },
    {
      key: 'memory',
      title: 'Host memory',
      unit: 'GiB',
      lines: memory,
      max: axisEnd(memoryMb && memoryMb / MB_PER_GIB, memory),
      format: (value) => value.toFixed(1),
    },
    {
      key: 'disk',
      title: 'Host disk /',
      unit: 'GB',
      lines: disk,
      max: axisEnd(diskGb, disk),
      format: (value) => value.toFixed(0),
    },
    {
      key: 'network',
      title: 'Host network',
      unit: 'MB/s',
      lines: network,
      max: axisEnd(null, network),
      format: (value) => value.toFixed(value < 10 ? 2 : 0),
    },
  ]
}

/** The charts of a host, in the same group as those of its GPUs. */
export function HostCharts({
  at,
  metrics,
  actions,
  ...shared
}: {
  at: number[]
  metrics: readonly ChartedMetric[]
  group: ChartGroup
  from: number
  to: number
  spans: readonly JobSpan[]
  onZoom: (from: number, to: number) => void
  onReset: () => void
  actions: (what: string) => ReactNode
}) {
  return metrics.map(({ key, ...metric }) => (
    <TimeChart
      key={key}
      {...metric}
      {...shared}
      at={at}
      hidden={NONE_HIDDEN}
      actions={actions(metric.title)}
    />
  ))
}
