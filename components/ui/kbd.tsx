/** A key to press. */
export function Kbd({ children }: { children: string }) {
  return (
    <kbd className="inline-flex min-w-5 items-center justify-center rounded-sm border border-line border-b-2 bg-sunken px-1 font-sans text-2xs text-soft">
      {children}
    </kbd>
  )
}
