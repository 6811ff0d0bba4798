import type { ComponentProps } from 'react'

const KINDS = {
  primary: 'bg-accent text-on-accent border-transparent hover:bg-accent-strong',
  plain: 'bg-raised border-line-strong/60 hover:bg-sunken',
  danger: 'bg-raised border-bad/60 text-bad hover:bg-bad-surface',
  quiet: 'border-transparent text-soft hover:bg-sunken hover:text-ink',
} as const

type Kind = keyof typeof KINDS

export function buttonClass(kind: Kind = 'plain'): string {
  return `inline-flex min-h-9 items-center justify-center gap-2 rounded-md border px-3 font-medium whitespace-nowrap disabled:opacity-50 ${KINDS[kind]}`
}

export function Button({
  kind = 'plain',
  type = 'button',
  ...props
}: ComponentProps<'button'> & { kind?: Kind }) {
  return <button type={type} {...props} className={buttonClass(kind)} />
}
