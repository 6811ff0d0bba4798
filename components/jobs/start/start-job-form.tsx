'use client'

import { useRouter } from 'next/navigation'
import { type ComponentProps, type FormEvent, useRef, useState } from 'react'
import type { Job } from '@/lib/dgx/jobs/records'
import { type ApiError, callApi } from '../../api'
import { useTopic } from '../../live/use-live'
import { Button } from '../../ui/button'
import { Card } from '../../ui/card'
import { Field, inputClass } from '../../ui/field'
import { Notice } from '../../ui/notice'
import { Segmented } from '../../ui/segmented'
import { Select } from '../../ui/select'
import { DependsChoice, type JobChoice } from './depends-choice'
import { DryRunNote } from './dry-run'
import {
  FIELD_OF,
  type OrderField,
  type OrderProblems,
  type OrderValues,
  toOrder,
} from './order-values'
import { type MachineChoice, PlaceChoice } from './place-choice'
import { useDryRun } from './use-dry-run'

export type ProjectChoice = {
  id: string
  name: string
  connection_id: string | null
  remote_path: string | null
}

type TextField = {
  [K in OrderField]: OrderValues[K] extends string ? K : never
}[OrderField]

/** Gives a machine a command to run, and says while it is written where and when it would. */
export function StartJobForm({
  first,
  cloneOf,
  projects,
  machines,
  jobs,
}: {
  first: OrderValues
  /** The job that it is a clone of, which keeps what this form does not show. */
  cloneOf: { id: string; name: string } | null
  projects: ProjectChoice[]
  machines: MachineChoice[]
  jobs: JobChoice[]
}) {
  const router = useRouter()
  const form = useRef<HTMLFormElement>(null)
  const [values, setValues] = useState(first)
  const [failure, setFailure] = useState<ApiError | null>(null)
  const [isTried, setIsTried] = useState(false)
  const [busy, setBusy] = useState(false)
  useTopic('jobs')
  const { body, problems: unread } = toOrder(values)
  const project = projects.find(({ id }) => id === values.project_id)
  const ofProject = machines.find(({ id }) => id === project?.connection_id) ?? null
  // Nobody is told off for a form that was just opened.
  const isBegun = isTried || values.command.trim() !== ''
  const hasPlace = values.place !== 'project' || ofProject !== null
  const isAsked = values.command.trim() !== '' && hasPlace && Object.keys(unread).length === 0
  const outlook = useDryRun(isAsked ? body : null)
  const refused = failure ?? (outlook.kind === 'refused' ? outlook.failure : null)
  const problems: OrderProblems = {
    ...problemsOf(refused),
    ...unread,
    ...(isTried && values.command.trim() === '' ? { command: 'Write what is to be run.' } : {}),
    ...(isTried && !hasPlace ? { place: 'Choose a machine, or a project that has one.' } : {}),
  }

  function change(changes: Partial<OrderValues>) {
    setFailure(null)
    setValues((before) => ({ ...before, ...changes }))
  }

  async function save(event: FormEvent) {
    event.preventDefault()
    setIsTried(true)
    if (!isAsked) {
      form.current?.querySelector<HTMLElement>('[aria-invalid=true], [name=command]')?.focus()
      return
    }
    setBusy(true)
    const path = cloneOf ? `jobs/${cloneOf.id}/clone` : 'jobs'
    const result = await callApi<Job>('POST', path, body)
    if (!result.ok) {
      setBusy(false)
      setFailure(result.failure)
      return
    }
    router.push(`/jobs/${result.data.id}`)
    router.refresh()
  }

  const control = (field: TextField) => ({
    name: field,
    value: values[field],
    'aria-invalid': problems[field] ? true : undefined,
    onChange: (event: { target: { value: string } }) => change({ [field]: event.target.value }),
  })
  const input = (field: TextField, props: ComponentProps<'input'> = {}) => (
    <input className={inputClass} autoComplete="off" {...control(field)} {...props} />
  )

  return (
    <form ref={form} onSubmit={save} noValidate className="flex flex-col gap-5">
      <Card>
        <div className="flex flex-col gap-4">
          <Field
            label="Command"
            error={problems.command}
            hint="Runs in bash on the machine, and goes on when this app, your laptop or the network is away."
          >
            <textarea
              {...control('command')}
              rows={3}
              spellCheck={false}
              placeholder="python train.py --lr 0.1"
              className={`${inputClass} font-mono`}
            />
          </Field>
          <div className="grid gap-4 md:grid-cols-2">
            <Field label="Name" error={problems.name} hint="The command, when left empty.">
              {input('name')}
            </Field>
            <Field label="Project" error={problems.project_id}>
              <Select
                {...control('project_id')}
                onChange={(event) => {
                  const next = projects.find(({ id }) => id === event.target.value)
                  change({
                    project_id: event.target.value,
                    ...(next?.connection_id ? {} : { place: 'these' }),
                  })
                }}
              >
                <option value="">No project</option>
                {projects.map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </Select>
            </Field>
          </div>
        </div>
      </Card>
      <Card title="Where">
        <div className="grid gap-4 md:grid-cols-2">
          <PlaceChoice
            values={values}
            machines={machines}
            ofProject={ofProject}
            error={isBegun ? problems.place : undefined}
            onChange={change}
          />
          <div className="flex flex-col gap-4">
            <Field
              label="GPUs"
              error={problems.gpus}
              hint={
                values.gpu_indices.trim()
                  ? 'As many as are named below.'
                  : '0 needs no turn and sees no GPU.'
              }
            >
              {input('gpus', {
                type: 'number',
                min: 0,
                max: 1024,
                inputMode: 'numeric',
                disabled: values.gpu_indices.trim() !== '',
              })}
            </Field>
            <Field
              label="Working directory"
              error={problems.working_dir}
              hint={
                project?.remote_path
                  ? `The project's ${project.remote_path}, when left empty.`
                  : 'The home folder, when left empty.'
              }
            >
              {input('working_dir', {
                className: `${inputClass} font-mono`,
                placeholder: project?.remote_path ?? '~',
                spellCheck: false,
              })}
            </Field>
          </div>
        </div>
      </Card>
      <details
        className="group rounded-lg border border-line bg-raised shadow-sm"
        open={hasMore(first)}
      >
        <summary className="flex min-h-11 items-center px-4 font-semibold">More</summary>
        <div className="grid gap-4 border-line border-t p-4 md:grid-cols-2">
          <Field label="Environment" error={problems.env} hint="NAME=value, one a line.">
            <textarea
              {...control('env')}
              rows={4}
              spellCheck={false}
              className={`${inputClass} font-mono`}
              placeholder="WANDB_MODE=offline"
            />
          </Field>
          <Field
            label="Config (JSON)"
            error={problems.config}
            hint="Beside the run as config.json, and compared between jobs."
          >
            <textarea
              {...control('config')}
              rows={4}
              spellCheck={false}
              className={`${inputClass} font-mono`}
              placeholder={'{"lr": 0.0003}'}
            />
          </Field>
          <Field
            label="Priority"
            error={problems.priority}
            hint="Higher goes first, then the older."
          >
            {input('priority', { type: 'number', inputMode: 'numeric' })}
          </Field>
          <Field
            label="Timeout"
            error={problems.timeout}
            hint="Ends it after so long: 90 s, 30 min, 2 h. None when left empty."
          >
            {input('timeout', { placeholder: 'none' })}
          </Field>
          <Field
            label="Retries"
            error={problems.max_retries}
            hint="How often it is tried again by itself when it fails."
          >
            {input('max_retries', { type: 'number', min: 0, max: 100, inputMode: 'numeric' })}
          </Field>
          <Field
            label="Exactly these GPUs"
            error={problems.gpu_indices}
            hint="By nvidia-smi's index: 0, 1. Any free ones when left empty."
          >
            {input('gpu_indices', { placeholder: 'any' })}
          </Field>
          <Field
            label="GPU memory, at least (GiB)"
            error={problems.min_gpu_memory_gb}
            hint="Only GPUs with so much memory."
          >
            {input('min_gpu_memory_gb', { type: 'number', min: 0, inputMode: 'decimal' })}
          </Field>
          <Field label="Tags" error={problems.tags} hint="With commas between them.">
            {input('tags', { placeholder: 'sweep, vit' })}
          </Field>
          <Field label="Model" error={problems.model_name}>
            {input('model_name', { placeholder: 'vit_base' })}
          </Field>
          <DependsChoice
            ids={values.depends_on}
            jobs={jobs}
            error={problems.depends_on}
            onChange={(depends_on) => change({ depends_on })}
          />
        </div>
      </details>
      <div className="flex flex-col gap-3">
        <DryRunNote outlook={outlook} isHeld={!values.start} />
        {failure && Object.keys(problemsOf(failure)).length === 0 && (
          <Notice tone="error" title={failure.error} />
        )}
        <div className="flex flex-wrap items-center justify-between gap-3">
          <Segmented
            label="When"
            value={values.start ? 'start' : 'hold'}
            onChange={(value) => change({ start: value === 'start' })}
            options={[
              { value: 'start', label: 'Start as soon as it can' },
              { value: 'hold', label: 'Hold' },
            ]}
          />
          <Button type="submit" kind="primary" busy={busy} disabled={busy}>
            {values.start ? 'Start job' : 'Create held'}
          </Button>
        </div>
      </div>
    </form>
  )
}

/** What the server says, beside the fields it is about. */
function problemsOf(failure: ApiError | null): OrderProblems {
  return Object.fromEntries(
    (failure?.details ?? []).flatMap(({ path, message }) => {
      const field = FIELD_OF[path.split('.')[0] ?? '']
      return field ? [[field, `${message.charAt(0).toUpperCase()}${message.slice(1)}.`]] : []
    }),
  )
}

/** Whether something is set in the part that is folded away. */
function hasMore({ env, config, depends_on, gpu_indices, timeout, max_retries }: OrderValues) {
  return (
    [env, config, gpu_indices, timeout].some(Boolean) ||
    depends_on.length > 0 ||
    max_retries !== '0'
  )
}
