import type { ReactNode } from 'react'

const TONES = {
  warning: 'border-warn/50 bg-warn-surface',
  error: 'border-bad/50 bg-bad-surface',
} as const

/** Something the person should read before going on. */
export function Notice({
  tone,
  title,
  children,
}: {
  tone: keyof typeof TONES
  title: string
  children?: ReactNode
}) {
  return (
    <div
      role={tone === 'error' ? 'alert' : 'status'}
      className={`rounded-md border p-3 ${TONES[tone]}`}
    >
      <p className="font-semibold">{title}</p>
      {children && <div className="mt-1 break-words">{children}</div>}
    </div>
  )
}
