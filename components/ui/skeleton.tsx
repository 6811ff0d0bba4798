import { cn } from './cn'

/** The place of something that is on its way; give it the size of what will come. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <div aria-hidden="true" className={cn('h-4 animate-pulse rounded-md bg-track', className)} />
  )
}
