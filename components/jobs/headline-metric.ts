import { flatten } from './flatten'

/** Best first: the loss on data that was held back, any loss, then other measures of error. */
const PREFERENCES = [
  /(^|[._/-])(val|valid|validation|eval|test)[._/-]?.*loss/i,
  /loss/i,
  /perplexity|(^|[._/-])ppl$|(^|[._/-])(error|err|wer|mse|rmse|mae)$/i,
]
const COUNTERS = /^(epoch|step|global_step|iteration|iter)$/i

/** The one number that says most about how far a run is; null when it sent none. Pure. */
export function headlineMetric(
  metrics: Record<string, unknown>,
): { name: string; value: number } | null {
  const numbers = Object.entries(flatten(metrics)).flatMap(([name, value]) =>
    typeof value === 'number' ? [{ name, value }] : [],
  )
  for (const preference of PREFERENCES) {
    const found = numbers.find(({ name }) => preference.test(name))
    if (found) return found
  }
  return numbers.find(({ name }) => !COUNTERS.test(name)) ?? null
}
