'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import type { Job } from '@/lib/dgx/jobs/records'
import { type ApiError, callApi, fieldError } from '../api'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, inputClass } from '../ui/field'
import { Notice } from '../ui/notice'
import { Select } from '../ui/select'

/** Creates the record of a job that is tracked by hand; its config is JSON. */
export function JobForm({
  projects,
  onClose,
}: {
  projects: { id: string; name: string }[]
  onClose: () => void
}) {
  const router = useRouter()
  const [failure, setFailure] = useState<ApiError | null>(null)
  const [configError, setConfigError] = useState<string | undefined>()
  const [busy, setBusy] = useState(false)

  async function save(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const text = (name: string) => String(form.get(name) ?? '').trim()
    let config: unknown
    try {
      config = JSON.parse(text('config') || '{}')
      setConfigError(undefined)
    } catch (error) {
      return setConfigError(`is not JSON: ${(error as Error).message}`)
    }
    setBusy(true)
    const body = {
      project_id: text('project_id'),
      name: text('name'),
      model_name: text('model_name') || null,
      config,
    }
    const result = await callApi<Job>('POST', 'jobs', body)
    setBusy(false)
    if (!result.ok) return setFailure(result.failure)
    onClose()
    router.push(`/jobs/${result.data.id}`)
    router.refresh()
  }

  return (
    <Dialog title="Track a run by hand" onClose={onClose}>
      <form onSubmit={save} className="flex flex-col gap-4" noValidate>
        <Field label="Project" error={fieldError(failure, 'project_id')}>
          <Select name="project_id">
            {projects.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </Select>
        </Field>
        <Field label="Name" error={fieldError(failure, 'name')}>
          <input name="name" className={inputClass} autoComplete="off" />
        </Field>
        <Field label="Model" error={fieldError(failure, 'model_name')}>
          <input
            name="model_name"
            className={inputClass}
            autoComplete="off"
            placeholder="vit_base"
          />
        </Field>
        <Field label="Config (JSON)" error={configError ?? fieldError(failure, 'config')}>
          <textarea
            name="config"
            rows={4}
            className={`${inputClass} font-mono`}
            placeholder={'{"lr": 0.0003}'}
            spellCheck={false}
          />
        </Field>
        {failure && !failure.details?.length && <Notice tone="error" title={failure.error} />}
        <div className="flex justify-end">
          <Button type="submit" kind="primary" disabled={busy}>
            Create
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
