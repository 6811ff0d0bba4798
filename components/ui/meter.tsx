/**
 * A share of a whole as a bar; an unknown share is an empty one and says so. `limits` are where it
 * gets worrying; a busy GPU is none.
 */
export function Meter({
  label,
  value,
  max,
  text,
  limits,
  bare = false,
  short,
}: {
  label: string
  value: number | null
  max: number | null
  text: string
  limits?: { warn: number; bad: number }
  /** Without its label to the eye: where a column says it. */
  bare?: boolean
  /** What a narrow screen has room for. */
  short?: string
}) {
  const share = value === null || !max ? null : Math.min(100, Math.max(0, (100 * value) / max))
  return (
    <div className="min-w-0">
      <div className="flex justify-between gap-2 text-xs">
        <span className={bare ? 'sr-only' : 'truncate text-soft'}>{label}</span>
        <span className="ml-auto whitespace-nowrap tabular-nums">
          {short === undefined ? (
            text
          ) : (
            <>
              <span className="sm:hidden">{short}</span>
              <span className="max-sm:hidden">{text}</span>
            </>
          )}
        </span>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: browsers do not let a <meter> be styled alike. */}
      <div
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={share === null ? 0 : Math.round(share)}
        aria-valuetext={text}
        className={`mt-1 h-1.5 overflow-hidden rounded-full ${share === null ? UNKNOWN_TRACK : 'bg-track'}`}
      >
        {/* Moved, not resized: a live value costs no layout. */}
        {share !== null && (
          <div
            className={`h-full rounded-full transition-transform duration-(--duration-slow) ${colourOf(share, limits)}`}
            style={{ transform: `translateX(${share - 100}%)` }}
          />
        )}
      </div>
    </div>
  )
}

/** Stripes, so that what is not known does not look like nothing. */
const UNKNOWN_TRACK =
  'bg-[repeating-linear-gradient(135deg,var(--line-strong)_0_1px,transparent_1px_5px)] opacity-60'

/** Percent of a GPU's own memory in use. A full one is how most work runs; nearly all is a risk. */
export const MEMORY_LIMITS = { warn: 95, bad: 99 }
/** Percent of a pool that CPU and GPU share: the machine itself needs the rest. */
export const UNIFIED_LIMITS = { warn: 85, bad: 95 }
/** Degrees Celsius on a scale to 100. */
export const TEMPERATURE_LIMITS = { warn: 83, bad: 90 }

function colourOf(share: number, limits?: { warn: number; bad: number }): string {
  if (!limits || share < limits.warn) return 'bg-accent'
  return share < limits.bad ? 'bg-warn' : 'bg-bad'
}
