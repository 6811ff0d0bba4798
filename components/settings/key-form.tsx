'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import type { ApiKey } from '@/lib/dgx/keys/answers'
import { type ApiError, callApi, fieldError } from '../api'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, inputClass } from '../ui/field'
import { Notice } from '../ui/notice'
import { Segmented } from '../ui/segmented'
import { KeyShown } from './key-shown'

/** What each scope lets a key do; each does what those before it do. */
const MEANING: Record<ApiKey['scope'], string> = {
  read: 'Sees everything and changes nothing.',
  run: 'Also runs commands and jobs, and opens terminals.',
  admin: 'Also changes machines, host keys and API keys.',
}
const SCOPES = Object.keys(MEANING) as ApiKey['scope'][]

/** Changes a key, or creates one and then shows it, this once. */
export function KeyForm({ apiKey, onClose }: { apiKey?: ApiKey; onClose: () => void }) {
  const router = useRouter()
  const [scope, setScope] = useState(apiKey?.scope ?? 'run')
  const [failure, setFailure] = useState<ApiError | null>(null)
  const [busy, setBusy] = useState(false)
  const [made, setMade] = useState<{ name: string; secret: string } | null>(null)

  async function save(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    setBusy(true)
    const form = new FormData(event.currentTarget)
    const limit = String(form.get('rate_limit_per_minute')).trim()
    const body = {
      name: String(form.get('name')),
      scope,
      rate_limit_per_minute: limit === '' ? null : Number(limit),
    }
    const result = apiKey
      ? await callApi<{ name: string; key?: string }>('PUT', `keys/${apiKey.id}`, body)
      : await callApi<{ name: string; key?: string }>('POST', 'keys', body)
    setBusy(false)
    if (!result.ok) return setFailure(result.failure)
    router.refresh()
    const { name, key } = result.data
    if (key) setMade({ name, secret: key })
    else onClose()
  }

  if (made) {
    return (
      <Dialog title={`The key of ${made.name}`} onClose={onClose}>
        <KeyShown {...made} />
      </Dialog>
    )
  }
  return (
    <Dialog title={apiKey ? `Edit ${apiKey.name}` : 'New API key'} onClose={onClose}>
      <form onSubmit={save} className="flex flex-col gap-4" noValidate>
        <Field
          label="Name"
          hint="The program or agent that will use it."
          error={fieldError(failure, 'name')}
        >
          <input
            name="name"
            defaultValue={apiKey?.name}
            placeholder="claude"
            className={inputClass}
            autoComplete="off"
          />
        </Field>
        <div className="flex flex-col items-start gap-1.5">
          <span className="font-medium">Scope</span>
          <Segmented
            label="Scope"
            value={scope}
            onChange={setScope}
            options={SCOPES.map((value) => ({ value, label: value }))}
          />
          <p aria-live="polite" className="text-soft text-xs">
            {MEANING[scope]}
          </p>
        </div>
        <Field
          label="Requests a minute"
          hint="At most so many; empty for no limit."
          error={fieldError(failure, 'rate_limit_per_minute')}
        >
          <input
            name="rate_limit_per_minute"
            defaultValue={apiKey?.rate_limit_per_minute ?? ''}
            inputMode="numeric"
            className={inputClass}
            autoComplete="off"
          />
        </Field>
        {failure && !failure.details?.length && <Notice tone="error" title={failure.error} />}
        <div className="flex justify-end">
          <Button type="submit" kind="primary" busy={busy} disabled={busy}>
            {apiKey ? 'Save' : 'Create key'}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
