import { Lock } from 'lucide-react'
import { Badge } from '../ui/badge'

/** Nothing may be changed on this machine. */
export function ReadOnlyBadge() {
  return (
    <Badge tone="warn" title="By its safety settings nothing may be changed on this machine">
      <Lock aria-hidden="true" />
      Read-only
    </Badge>
  )
}
