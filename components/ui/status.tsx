import {
  Ban,
  Circle,
  CircleCheck,
  CircleX,
  Clock,
  LoaderCircle,
  type LucideIcon,
  TriangleAlert,
} from 'lucide-react'
import { cn } from './cn'

const LOOKS = {
  good: { icon: CircleCheck, className: 'text-good' },
  warn: { icon: TriangleAlert, className: 'text-warn' },
  bad: { icon: CircleX, className: 'text-bad' },
  idle: { icon: Circle, className: 'text-soft' },
  busy: { icon: LoaderCircle, className: 'text-warn' },
  waiting: { icon: Clock, className: 'text-soft' },
  ended: { icon: Ban, className: 'text-soft' },
} as const satisfies Record<string, { icon: LucideIcon; className: string }>

export type Tone = keyof typeof LOOKS

/** A state in words, with a shape of its own beside the colour. */
export function Status({
  tone,
  children,
  title,
}: {
  tone: Tone
  children: string
  title?: string
}) {
  const { icon: Icon, className } = LOOKS[tone]
  return (
    <span
      className={cn('inline-flex items-center gap-1.5 font-medium whitespace-nowrap', className)}
      title={title}
    >
      <Icon
        aria-hidden="true"
        className={cn('size-3.5 shrink-0', tone === 'busy' && 'motion-safe:animate-spin')}
      />
      <span>{children}</span>
    </span>
  )
}

const CONNECTION_TONES: Record<string, Tone> = {
  connected: 'good',
  connecting: 'busy',
  reconnecting: 'busy',
  stale: 'warn',
  error: 'bad',
  disconnected: 'idle',
}

export function ConnectionStatus({ status }: { status: string }) {
  return <Status tone={CONNECTION_TONES[status] ?? 'idle'}>{status}</Status>
}

const JOB_TONES: Record<string, Tone> = {
  pending: 'waiting',
  running: 'busy',
  completed: 'good',
  failed: 'bad',
  cancelled: 'ended',
}

export function JobStatus({ status }: { status: string }) {
  return <Status tone={JOB_TONES[status] ?? 'idle'}>{status}</Status>
}
