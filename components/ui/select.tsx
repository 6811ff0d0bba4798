import { ChevronsUpDown } from 'lucide-react'
import type { ComponentProps } from 'react'
import { cn } from './cn'
import { inputClass } from './field'

/** The browser's own list of choices: the best one on a phone, and by keyboard. */
export function Select({ className, ...props }: ComponentProps<'select'>) {
  return (
    <span className={cn('relative block w-full', className)}>
      <select {...props} className={cn(inputClass, 'appearance-none truncate pr-8')} />
      <ChevronsUpDown
        aria-hidden="true"
        className="pointer-events-none absolute top-1/2 right-2.5 size-3.5 -translate-y-1/2 text-soft"
      />
    </span>
  )
}
