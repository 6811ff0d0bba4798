export type Times = { p50_ms: number; p95_ms: number }

const round = (value: number) => Math.round(value * 100) / 100

/** Median and 95th percentile of times in ms. */
export function percentiles(times: readonly number[]): Times {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (share: number) =>
    round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0)
  return { p50_ms: at(0.5), p95_ms: at(0.95) }
}

export async function time(run: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await run()
  return performance.now() - startedAt
}

/** Commands a second with so many callers at once. */
export async function throughput(
  callers: number,
  count: number,
  run: () => Promise<unknown>,
): Promise<number> {
  let left = count
  const elapsed = await time(() =>
    Promise.all(
      Array.from({ length: callers }, async () => {
        while (left > 0) {
          left -= 1
          await run()
        }
      }),
    ),
  )
  return Math.round((count / elapsed) * 1000)
}
