'use client'

import dynamic from 'next/dynamic'
import type { LineChartProps } from './recharts-line-chart'

/** Lines over time, gaps left open. The library comes after the page: it is larger than the rest. */
export const LineChart = dynamic<LineChartProps>(() => import('./recharts-line-chart'), {
  ssr: false,
  loading: () => <div className="h-49" />,
})
