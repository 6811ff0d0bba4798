import type { Metadata } from 'next'
import { Button } from '@/components/ui/button'
import { Field, inputClass } from '@/components/ui/field'

export const metadata: Metadata = { title: 'Log in' }

/** What `POST /api/login` says in `?failed=`. */
const PROBLEMS: Record<string, string> = {
  1: 'That key is wrong. Try again.',
  wait: 'Too many wrong keys. Wait a minute, then try again.',
}

/** A plain form: it works before any script is allowed to load. */
export default async function LoginPage({ searchParams }: PageProps<'/login'>) {
  const { next, failed } = await searchParams
  return (
    <main className="mx-auto flex min-h-dvh max-w-sm flex-col justify-center gap-6 p-6">
      <h1 className="text-xl font-semibold">DGX Command Center</h1>
      <form action="/api/login" method="post" className="flex flex-col gap-4">
        <input type="hidden" name="next" value={typeof next === 'string' ? next : '/'} />
        <Field
          label="API key"
          hint="The value of API_SERVER_KEY on the server."
          error={typeof failed === 'string' ? (PROBLEMS[failed] ?? PROBLEMS['1']) : undefined}
        >
          <input
            name="key"
            type="password"
            autoComplete="current-password"
            required
            className={inputClass}
          />
        </Field>
        <Button type="submit" kind="primary">
          Log in
        </Button>
      </form>
    </main>
  )
}
