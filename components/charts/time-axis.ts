const DAY_S = 86_400

// Made once: a date's own methods look the locale up each time, which takes longer than the drawing.
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const MINUTE = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const SECOND = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' })
const INSTANT = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})

/** The words at the ticks of a time axis, in the reader's zone: as short as the distance allows. */
export function timeTicks(times: readonly number[], stepS: number): string[] {
  return times.map((time) => {
    const date = new Date(time * 1000)
    const isMidnight = date.getHours() === 0 && date.getMinutes() === 0
    if (stepS >= DAY_S || (isMidnight && stepS >= 60)) return DAY.format(date)
    return (stepS < 60 ? SECOND : MINUTE).format(date)
  })
}

/** One instant in full, in the reader's zone. */
export function instant(time: number): string {
  return INSTANT.format(new Date(time * 1000))
}
