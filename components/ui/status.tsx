const LOOKS = {
  good: { mark: '●', className: 'text-good' },
  warn: { mark: '▲', className: 'text-warn' },
  bad: { mark: '✕', className: 'text-bad' },
  idle: { mark: '○', className: 'text-soft' },
  busy: { mark: '◐', className: 'text-warn' },
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
  const { mark, className } = LOOKS[tone]
  return (
    <span
      className={`inline-flex items-center gap-1.5 font-medium whitespace-nowrap ${className}`}
      title={title}
    >
      <span aria-hidden="true">{mark}</span>
      <span>{children}</span>
    </span>
  )
}

const CONNECTION_TONES: Record<string, Tone> = {
  connected: 'good',
  connecting: 'busy',
  reconnecting: 'busy',
  error: 'bad',
  disconnected: 'idle',
}

export function ConnectionStatus({ status }: { status: string }) {
  return <Status tone={CONNECTION_TONES[status] ?? 'idle'}>{status}</Status>
}

const JOB_TONES: Record<string, Tone> = {
  pending: 'idle',
  running: 'busy',
  completed: 'good',
  failed: 'bad',
  cancelled: 'idle',
}

export function JobStatus({ status }: { status: string }) {
  return <Status tone={JOB_TONES[status] ?? 'idle'}>{status}</Status>
}
