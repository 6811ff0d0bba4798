import { CircleX, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'

const TONES = {
  warning: { icon: TriangleAlert, className: 'border-warn/40 bg-warn-surface', mark: 'text-warn' },
  error: { icon: CircleX, className: 'border-bad/40 bg-bad-surface', mark: 'text-bad' },
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
  const { icon: Icon, className, mark } = TONES[tone]
  return (
    <div
      role={tone === 'error' ? 'alert' : 'status'}
      className={`flex gap-2.5 rounded-lg border p-3 ${className}`}
    >
      <Icon aria-hidden="true" className={`mt-0.5 size-4 shrink-0 ${mark}`} />
      <div className="min-w-0">
        <p className="break-words font-medium">{title}</p>
        {children && <div className="mt-1 break-words">{children}</div>}
      </div>
    </div>
  )
}
