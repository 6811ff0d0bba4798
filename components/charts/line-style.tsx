/** Lines are told apart by colour and by dashes, for who does not see the colours. */
const DASHES = ['', '7 3', '2 3', '9 3 2 3', '14 4', '4 4', '1 3 6 3', '12 3 2 3 2 3']
const COLOURS = 8

export function lineStyle(index: number): { stroke: string; strokeDasharray: string } {
  return {
    stroke: `var(--series-${(index % COLOURS) + 1})`,
    strokeDasharray: DASHES[index % DASHES.length] ?? '',
  }
}

/** A piece of the line, for a legend. */
export function LineSample({ index }: { index: number }) {
  return (
    <svg aria-hidden="true" width="28" height="8" className="shrink-0">
      <line x1="0" y1="4" x2="28" y2="4" strokeWidth="2" {...lineStyle(index)} />
    </svg>
  )
}
