import { type ClassValue, clsx } from 'clsx'
import { twMerge } from 'tailwind-merge'

/** Joins classes; a later one takes the place of an earlier one that sets the same. */
export function cn(...classes: ClassValue[]): string {
  return twMerge(clsx(classes))
}
