import { Circle, CircleDot, CircleX, LoaderCircle, type LucideIcon } from 'lucide-react'
import { cn } from '../ui/cn'

const LOOKS: Record<string, { icon: LucideIcon; className: string }> = {
  connected: { icon: CircleDot, className: 'text-good' },
  connecting: { icon: LoaderCircle, className: 'text-warn motion-safe:animate-spin' },
  reconnecting: { icon: LoaderCircle, className: 'text-warn motion-safe:animate-spin' },
  error: { icon: CircleX, className: 'text-bad' },
  disconnected: { icon: Circle, className: 'text-soft' },
}

/** A connection's state as a shape of its own; the words are for screen readers. */
export function StatusDot({ status }: { status: string }) {
  const { icon: Icon, className } = LOOKS[status] ?? {
    icon: Circle,
    className: 'text-soft',
  }
  return (
    <>
      <Icon aria-hidden="true" className={cn('size-3.5 shrink-0', className)} />
      <span className="sr-only">{status}</span>
    </>
  )
}
