import type { ReactNode } from 'react'
import { CopyButton } from './copy-button'

/** What a page says when it has nothing to show: why, and the next step. */
export function EmptyState({
  title,
  icon,
  children,
}: {
  title: string
  icon?: ReactNode
  children: ReactNode
}) {
  return (
    <div className="flex flex-col items-start gap-3 rounded-lg border border-line-strong/50 border-dashed p-6">
      {icon && (
        <span
          aria-hidden="true"
          className="rounded-lg border border-line bg-raised p-2 text-soft shadow-sm [&_svg]:size-5"
        >
          {icon}
        </span>
      )}
      <h2 className="font-semibold text-base">{title}</h2>
      <div className="flex max-w-prose flex-col items-start gap-3 text-soft">{children}</div>
    </div>
  )
}

/** A command to copy. */
export function CommandLine({ children }: { children: string }) {
  return (
    <div className="flex max-w-full items-start gap-1 rounded-md border border-line bg-sunken py-1 pr-1 pl-3">
      <pre className="min-w-0 whitespace-pre-wrap break-all py-1.5 font-mono text-ink text-xs">
        {children}
      </pre>
      <CopyButton text={children} label="Copy the command" />
    </div>
  )
}
