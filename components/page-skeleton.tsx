import { Skeleton } from './ui/skeleton'

const CARDS = ['first', 'second', 'third', 'fourth']

/** The shape of a page until its data is there. */
export function PageSkeleton() {
  return (
    <div role="status" className="flex flex-col gap-5">
      <span className="sr-only">Loading</span>
      <Skeleton className="h-8 w-48" />
      <Skeleton className="h-24 rounded-xl" />
      <div className="grid gap-4 md:grid-cols-2">
        {CARDS.map((card) => (
          <Skeleton key={card} className="h-56 rounded-xl" />
        ))}
      </div>
    </div>
  )
}
