'use client'

import type { Route } from 'next'
import { useRouter, useSearchParams } from 'next/navigation'
import { useEffect, useRef, useState } from 'react'

/** How the charts of a page are drawn; in the address, so that a link shows the same. */
export type ChartSettings = { isTime: boolean; smoothing: number; isLog: boolean; metric: string }

const SETTLED_MS = 300
const MOST_SMOOTHING = 0.99

/** The settings and what changes some of them. Dragging a slider writes the address once. */
export function useChartSettings(): [ChartSettings, (changes: Partial<ChartSettings>) => void] {
  const router = useRouter()
  const params = useSearchParams()
  const [settings, setSettings] = useState<ChartSettings>(() => ({
    isTime: params.get('x') === 'time',
    smoothing: Math.min(MOST_SMOOTHING, Math.max(0, Number(params.get('smooth')) || 0)),
    isLog: params.get('log') === '1',
    metric: params.get('metric') ?? '',
  }))
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  function change(changes: Partial<ChartSettings>) {
    const next = { ...settings, ...changes }
    setSettings(next)
    clearTimeout(timer.current)
    timer.current = setTimeout(
      () => router.replace(addressWith(next) as Route, { scroll: false }),
      SETTLED_MS,
    )
  }
  return [settings, change]
}

function addressWith({ isTime, smoothing, isLog, metric }: ChartSettings): string {
  const url = new URL(window.location.href)
  const values = { x: isTime ? 'time' : '', smooth: smoothing || '', log: isLog ? '1' : '', metric }
  for (const [name, value] of Object.entries(values)) {
    // Always in this order: the same settings are the same link.
    url.searchParams.delete(name)
    if (value !== '') url.searchParams.append(name, String(value))
  }
  return url.href.replaceAll('%2C', ',')
}
