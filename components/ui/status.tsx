import {
  Ban,
  CircleCheck,
  CircleDashed,
  CircleX,
  Clock,
  LoaderCircle,
  TriangleAlert,
} from 'lucide-react'

const LOOKS = {
  good: { Icon: CircleCheck, className: 'text-good' },
  warn: { Icon: TriangleAlert, className: 'text-warn' },
  bad: { Icon: CircleX, className: 'text-bad' },
  idle: { Icon: CircleDashed, className: 'text-soft' },
  busy: { Icon: LoaderCircle, className: 'text-info [&>svg]:animate-spin' },
  waiting: { Icon: Clock, className: 'text-soft' },
  ended: { Icon: Ban, className: 'text-soft' },
} as const

export type Tone = keyof typeof LOOKS

/** A state in words, with a mark of its own beside the colour. */
export function Status({
  tone,
  children,
  title,
}: {
  tone: Tone
  children: string
  title?: string
}) {
  const { Icon, className } = LOOKS[tone]
  return (
    <span
      className={`inline-flex items-center gap-1.5 whitespace-nowrap font-medium ${className}`}
      title={title}
    >
      <Icon aria-hidden="true" className="size-3.5 shrink-0" strokeWidth={2.25} />
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

/** Phases that say more than their status. */
const PHASE_TONES: Record<string, Tone> = {
  held: 'idle',
  queued: 'waiting',
  starting: 'busy',
  stopping: 'busy',
}

export function JobStatus({ status, phase }: { status: string; phase?: string | null }) {
  const tone = PHASE_TONES[phase ?? '']
  return tone ? (
    <Status tone={tone}>{phase ?? status}</Status>
  ) : (
    <Status tone={JOB_TONES[status] ?? 'idle'}>{status}</Status>
  )
}
