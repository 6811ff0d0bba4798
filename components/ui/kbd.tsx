/** A key on the keyboard. */
export function Kbd({ children }: { children: string }) {
  return (
    <kbd className="inline-flex min-w-5 items-center justify-center rounded-sm border border-line bg-surface px-1.5 font-mono text-[11px] text-soft leading-5">
      {children}
    </kbd>
  )
}
