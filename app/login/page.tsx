import type { Metadata } from 'next'
import { Brand } from '@/components/shell/brand'
import { Button } from '@/components/ui/button'
import { Field, inputClass } from '@/components/ui/field'

export const metadata: Metadata = { title: 'Log in' }

/** What `POST /api/login` says in `?failed=`. */
const PROBLEMS: Record<string, string> = {
  1: 'That key is wrong. Try again. It is the value of API_SERVER_KEY on the server.',
  wait: 'Too many wrong keys. Wait a minute, then try again.',
}

/** A plain form: it works before any script is allowed to load. */
export default async function LoginPage({ searchParams }: PageProps<'/login'>) {
  const { next, failed } = await searchParams
  const problem = typeof failed === 'string' ? (PROBLEMS[failed] ?? PROBLEMS['1']) : undefined
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col justify-center gap-5 p-4">
      <h1 className="px-1 text-lg">
        <Brand />
      </h1>
      <form
        action="/api/login"
        method="post"
        className="flex flex-col gap-4 rounded-2xl border border-line bg-raised p-6"
      >
        <p className="text-soft">
          This program runs commands on your machines, so it asks who you are.
        </p>
        <input type="hidden" name="next" value={typeof next === 'string' ? next : '/'} />
        <Field label="API key" hint="The value of API_SERVER_KEY on the server." error={problem}>
          <input
            name="key"
            type="password"
            autoComplete="current-password"
            required
            // biome-ignore lint/a11y/noAutofocus: the page is this one field.
            autoFocus
            aria-invalid={problem ? true : undefined}
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
