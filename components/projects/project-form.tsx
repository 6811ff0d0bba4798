'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import type { Project } from '@/lib/dgx/projects/answers'
import { type ApiError, callApi, fieldError } from '../api'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, inputClass } from '../ui/field'
import { Notice } from '../ui/notice'
import { Select } from '../ui/select'

const TYPES = ['computer_vision', 'nlp', 'reinforcement_learning', 'generative', 'other'] as const

type Machine = { id: string; name: string }

/** Creates or changes a project. */
export function ProjectForm({
  project,
  machines,
  onClose,
}: {
  project?: Project
  machines: Machine[]
  onClose: () => void
}) {
  const router = useRouter()
  const [failure, setFailure] = useState<ApiError | null>(null)
  const [busy, setBusy] = useState(false)

  async function save(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    setBusy(true)
    const form = new FormData(event.currentTarget)
    const text = (name: string) => String(form.get(name) ?? '').trim()
    const body = {
      name: text('name'),
      description: text('description') || null,
      project_type: text('project_type'),
      connection_id: text('connection_id') || null,
      remote_path: text('remote_path') || null,
    }
    const result = project
      ? await callApi<Project>('PUT', `projects/${project.id}`, body)
      : await callApi<Project>('POST', 'projects', body)
    setBusy(false)
    if (!result.ok) return setFailure(result.failure)
    onClose()
    if (!project) router.push(`/projects/${result.data.id}`)
    router.refresh()
  }

  return (
    <Dialog title={project ? `Edit ${project.name}` : 'New project'} onClose={onClose}>
      <form onSubmit={save} className="flex flex-col gap-4" noValidate>
        <Field label="Name" error={fieldError(failure, 'name')}>
          <input
            name="name"
            defaultValue={project?.name}
            className={inputClass}
            autoComplete="off"
          />
        </Field>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Type">
            <Select name="project_type" defaultValue={project?.project_type ?? 'other'}>
              {TYPES.map((type) => (
                <option key={type} value={type}>
                  {type.replaceAll('_', ' ')}
                </option>
              ))}
            </Select>
          </Field>
          <Field label="Machine">
            <Select name="connection_id" defaultValue={project?.connection_id ?? ''}>
              <option value="">none</option>
              {machines.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </Select>
          </Field>
        </div>
        <Field label="Folder on the machine" error={fieldError(failure, 'remote_path')}>
          <input
            name="remote_path"
            defaultValue={project?.remote_path ?? ''}
            placeholder="~/projects/vit"
            className={inputClass}
            autoComplete="off"
          />
        </Field>
        <Field label="Description" error={fieldError(failure, 'description')}>
          <textarea
            name="description"
            defaultValue={project?.description ?? ''}
            rows={3}
            className={inputClass}
          />
        </Field>
        {failure && !failure.details?.length && <Notice tone="error" title={failure.error} />}
        <div className="flex justify-end">
          <Button type="submit" kind="primary" disabled={busy}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
