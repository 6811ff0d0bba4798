import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'

const TONES = {
  info: { Icon: Info, look: 'border-info/40 bg-info-surface [&>svg]:text-info' },
  good: { Icon: CircleCheck, look: 'border-good/40 bg-good-surface [&>svg]:text-good' },
  warning: { Icon: TriangleAlert, look: 'border-warn/40 bg-warn-surface [&>svg]:text-warn' },
  error: { Icon: CircleAlert, look: 'border-bad/40 bg-bad-surface [&>svg]:text-bad' },
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
  const { Icon, look } = TONES[tone]
  return (
    <div
      role={tone === 'error' ? 'alert' : 'status'}
      className={`flex gap-2.5 rounded-md border p-3 ${look}`}
    >
      <Icon aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
      <div className="min-w-0 flex-1">
        <p className="font-semibold">{title}</p>
        {children && <div className="mt-1 break-words">{children}</div>}
      </div>
    </div>
  )
}
