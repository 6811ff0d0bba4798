'use client'

import dynamic from 'next/dynamic'
import type { HoursChartProps } from './recharts-hours-chart'

/** GPU-hours as bars. The library comes after the page: it is larger than the rest. */
export const HoursChart = dynamic<HoursChartProps>(() => import('./recharts-hours-chart'), {
  ssr: false,
  loading: () => <div className="h-[256px]" />,
})
