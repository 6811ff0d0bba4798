import { Badge, type BadgeTone } from '../ui/badge'

const TONES: Record<string, BadgeTone> = { get: 'info', post: 'good', put: 'warn', delete: 'bad' }

/** The HTTP method of an operation. */
export function Method({ method }: { method: string }) {
  return (
    <Badge tone={TONES[method] ?? 'plain'} className="font-mono">
      {method.toUpperCase()}
    </Badge>
  )
}
