const DAY_S = 86_400

/** The words at the ticks of a time axis, in the reader's zone: as short as the distance allows. */
export function timeTicks(times: readonly number[], stepS: number): string[] {
  return times.map((time) => {
    const date = new Date(time * 1000)
    const isMidnight = date.getHours() === 0 && date.getMinutes() === 0
    if (stepS >= DAY_S || (isMidnight && stepS >= 60)) {
      return date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })
    }
    return date.toLocaleTimeString('en-GB', {
      hour: '2-digit',
      minute: '2-digit',
      ...(stepS < 60 ? { second: '2-digit' } : {}),
    })
  })
}

/** One instant in full, in the reader's zone. */
export function instant(time: number): string {
  return new Date(time * 1000).toLocaleString('en-GB', {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
}
