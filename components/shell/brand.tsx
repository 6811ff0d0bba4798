/** The program's mark and name. */
export function Brand() {
  return (
    <span className="flex items-center gap-2 font-semibold tracking-tight">
      <svg viewBox="0 0 16 16" aria-hidden="true" className="size-4 shrink-0 fill-accent">
        <rect x="1" y="8" width="3.5" height="7" rx="1" />
        <rect x="6.25" y="4.5" width="3.5" height="10.5" rx="1" />
        <rect x="11.5" y="1" width="3.5" height="14" rx="1" />
      </svg>
      DGX Command Center
    </span>
  )
}
