import type { ReactNode } from 'react'

/** A part of the design page. */
export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="flex min-w-0 flex-col gap-5">
      <h2 className="border-line border-b pb-2 font-semibold text-lg">{title}</h2>
      {children}
    </section>
  )
}

/** One component, with its name. */
export function Shown({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid min-w-0 gap-2 sm:grid-cols-[8rem_minmax(0,1fr)] sm:gap-6">
      <h3 className="pt-1 font-mono text-soft text-xs">{name}</h3>
      <div className="flex min-w-0 flex-wrap items-center gap-3">{children}</div>
    </div>
  )
}
