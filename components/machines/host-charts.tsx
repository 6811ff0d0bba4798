'use client'

import type { ReactNode } from 'react'
import type { ChartGroup } from '../charts/chart-group'
import type { ChartLine, Values } from '../charts/columns'
import type { JobSpan } from '../charts/job-spans'
import type { HostColumns } from '../charts/live-columns'
import { TimeChart } from '../charts/time-chart'
import { axisEnd, type ChartedMetric } from './gpu-metrics'

const NONE_HIDDEN: ReadonlySet<string> = new Set()
const BYTES_PER_MB = 1e6

const line = (key: string, label: string, colour: number, average: Values): ChartLine => ({
  key,
  label,
  colour,
  isDashed: false,
  average,
})

/** What is charted of a host, with axes that stay. */
export function hostMetrics({ metrics }: HostColumns, cores: number | null): ChartedMetric[] {
  const megabytes = (values: Values) =>
    values.map((value) => (value === null ? null : value / BYTES_PER_MB))
  const network = [
    line('network in', 'In', 1, megabytes(metrics.network_rx_bytes_per_s)),
    line('network out', 'Out', 2, megabytes(metrics.network_tx_bytes_per_s)),
  ]
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
  actions: ReactNode
}) {
  return metrics.map(({ key, ...metric }) => (
    <TimeChart key={key} {...metric} {...shared} at={at} hidden={NONE_HIDDEN} actions={actions} />
  ))
}
