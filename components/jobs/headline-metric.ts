import { headlineOf } from '@/lib/metric-sense'
import { flatten } from './flatten'

/** The one number that says most about how far a run is; null when it sent none. Pure. */
export function headlineMetric(
  metrics: Record<string, unknown>,
): { name: string; value: number } | null {
  const numbers = new Map(
    Object.entries(flatten(metrics)).flatMap(([name, value]) =>
      typeof value === 'number' ? [[name, value] as const] : [],
    ),
  )
  const name = headlineOf([...numbers.keys()])
  const value = name === null ? undefined : numbers.get(name)
  return name === null || value === undefined ? null : { name, value }
}
