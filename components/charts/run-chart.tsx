'use client'

import dynamic from 'next/dynamic'
import type { RunChartProps } from './recharts-run-chart'

/** Lines over steps or time. The library comes after the page: it is larger than the rest. */
export const RunChart = dynamic<RunChartProps>(() => import('./recharts-run-chart'), {
  ssr: false,
  loading: () => <div className="h-52" />,
})
