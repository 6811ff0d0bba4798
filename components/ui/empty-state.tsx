import type { ReactNode } from 'react'

/** What a page says when it has nothing to show: why, and the next step. */
export function EmptyState({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="flex flex-col items-start gap-3 rounded-xl border border-line-strong/50 border-dashed bg-raised/50 p-6">
      <h2 className="font-semibold text-base">{title}</h2>
      <div className="flex max-w-prose flex-col items-start gap-3 text-soft">{children}</div>
    </div>
  )
}

/** A command to copy. */
export function CommandLine({ children }: { children: string }) {
  return (
    <pre className="max-w-full whitespace-pre-wrap break-all rounded-md bg-sunken px-3 py-2 font-mono text-ink text-xs">
      {children}
    </pre>
  )
}
