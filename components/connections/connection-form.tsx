'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useRef, useState } from 'react'
import type { ConnectionWithStatus } from '@/lib/dgx/connections/answers'
import { type ApiError, callApi, fieldError } from '../api'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, inputClass } from '../ui/field'
import { Notice } from '../ui/notice'
import { Select } from '../ui/select'
import { forgetDraft, keepDraft, readDraft } from './draft'
import {
  EMPTY,
  FIELDS,
  LABELS,
  type MachineField,
  type MachineValues,
  problemOf,
  splitAddress,
  toAddress,
  toRecord,
  toValues,
} from './machine-fields'
import { TestPanel } from './test-panel'
import type { Secrets } from './use-connecting'
import { useConnectionTest } from './use-connection-test'

const INTERVALS = [
  ['1000', 'second'],
  ['2000', '2 seconds'],
  ['5000', '5 seconds'],
  ['10000', '10 seconds'],
  ['30000', '30 seconds'],
  ['60000', 'minute'],
  ['300000', '5 minutes'],
] as const

type Problems = Partial<Record<MachineField, string>>

/** Adds or changes a machine, with a test that saves nothing. */
export function ConnectionForm({
  connection,
  onSaved,
  onClose,
}: {
  /** The one to change; without it one is added. */
  connection?: ConnectionWithStatus
  /** What was asked for in the test goes with it, so that nobody types it twice. */
  onSaved?: (saved: ConnectionWithStatus, secrets: Secrets) => Promise<void>
  onClose: () => void
}) {
  const router = useRouter()
  const form = useRef<HTMLFormElement>(null)
  const [values, setValues] = useState<MachineValues>(() =>
    connection ? toValues(connection) : { ...EMPTY, ...readDraft() },
  )
  const [problems, setProblems] = useState<Problems>({})
  const [failure, setFailure] = useState<ApiError | null>(null)
  const [secrets, setSecrets] = useState<Secrets>({})
  const [busy, setBusy] = useState(false)
  const test = useConnectionTest()

  function change(changed: Partial<MachineValues>) {
    const next = { ...values, ...changed }
    setValues(next)
    if (!connection) keepDraft(next)
    setProblems((before) => {
      const after = { ...before }
      for (const field of Object.keys(changed) as MachineField[]) {
        // Mended as soon as it is right; a new mistake is told when the field is left.
        if (after[field] && !problemOf(field, next[field])) delete after[field]
      }
      return after
    })
  }

  function leave(field: MachineField) {
    const parts = field === 'hostname' ? splitAddress(values.hostname) : null
    if (parts) change(parts)
    const problem = problemOf(field, (parts ?? values)[field] ?? values[field])
    // An empty field that was only passed through is not wrong yet.
    if (problem && (values[field] !== '' || problems[field])) {
      setProblems((before) => ({ ...before, [field]: problem }))
    }
  }

  /** Shows what is wrong and goes to the first of it; true when nothing is. */
  function check(fields: readonly MachineField[]): boolean {
    const found = fields.flatMap((field) => {
      const problem = problemOf(field, values[field])
      return problem ? [[field, problem] as const] : []
    })
    setProblems(Object.fromEntries(found))
    focus(found[0]?.[0])
    return found.length === 0
  }

  function focus(field: MachineField | undefined) {
    const control = field && form.current?.elements.namedItem(field)
    if (control instanceof HTMLElement) control.focus()
  }

  /** What the server says, beside the fields it is about. */
  function refuse(refused: ApiError) {
    const said = FIELDS.flatMap((field) => {
      const message = fieldError(refused, field)
      return message ? [[field, `${LABELS[field]} ${message}.`] as const] : []
    })
    setProblems(Object.fromEntries(said))
    setFailure(said.length === 0 ? refused : null)
    focus(said[0]?.[0])
  }

  async function save(event: FormEvent) {
    event.preventDefault()
    setFailure(null)
    if (!check(FIELDS)) return
    setBusy(true)
    const body = toRecord(values)
    const result = connection
      ? await callApi<ConnectionWithStatus>('PUT', `connections/${connection.id}`, body)
      : await callApi<ConnectionWithStatus>('POST', 'connections', body)
    if (!result.ok) {
      setBusy(false)
      return refuse(result.failure)
    }
    if (!connection) forgetDraft()
    test.stop()
    await onSaved?.(result.data, secrets)
    router.refresh()
    onClose()
  }

  function runTest(given: Secrets) {
    setFailure(null)
    setSecrets(given)
    if (!check(['hostname', 'port', 'username', 'ssh_key_path'])) return
    void test.run({
      ...toAddress(values),
      ...given,
      ...(connection ? { connection_id: connection.id } : {}),
    })
  }

  const input = (field: MachineField, props: React.ComponentProps<'input'> = {}) => (
    <input
      {...props}
      name={field}
      value={values[field]}
      onChange={(event) => change({ [field]: event.target.value })}
      onBlur={() => leave(field)}
      aria-invalid={problems[field] ? true : undefined}
      className={inputClass}
      spellCheck={false}
      autoCapitalize="off"
      autoComplete="off"
    />
  )
  const interval = values.sample_interval_ms

  return (
    <Dialog title={connection ? `Edit ${connection.name}` : 'Add a machine'} onClose={onClose}>
      <form ref={form} onSubmit={save} className="flex flex-col gap-4" noValidate>
        <Field label={LABELS.name} hint="How you call it, also in the API." error={problems.name}>
          {input('name', { placeholder: 'dgx-1', required: true })}
        </Field>
        <div className="grid grid-cols-[minmax(0,1fr)_6rem] gap-3 sm:grid-cols-[minmax(0,1fr)_10rem] sm:gap-4">
          <Field
            label={LABELS.hostname}
            hint="A name, an address or an alias of your ssh config; user@host:port is taken apart."
            error={problems.hostname}
          >
            {input('hostname', { placeholder: 'dgx.example.com', required: true })}
          </Field>
          <Field label={LABELS.port} error={problems.port}>
            {input('port', { inputMode: 'numeric' })}
          </Field>
        </div>
        <div className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_10rem]">
          <Field label={LABELS.username} error={problems.username}>
            {input('username', { placeholder: 'ubuntu', required: true })}
          </Field>
          <Field label={LABELS.sample_interval_ms} error={problems.sample_interval_ms}>
            <Select
              name="sample_interval_ms"
              value={interval}
              onChange={(event) => change({ sample_interval_ms: event.target.value })}
            >
              {!INTERVALS.some(([ms]) => ms === interval) && (
                <option value={interval}>{Number(interval) / 1000} seconds</option>
              )}
              {INTERVALS.map(([ms, text]) => (
                <option key={ms} value={ms}>
                  {text}
                </option>
              ))}
            </Select>
          </Field>
        </div>
        <Field
          label={LABELS.ssh_key_path}
          hint="On this computer. Empty: your ssh agent, then your default keys. Only the path is stored."
          error={problems.ssh_key_path}
        >
          {input('ssh_key_path', { placeholder: '~/.ssh/id_ed25519' })}
        </Field>
        <TestPanel test={test} username={values.username} onRetry={runTest} />
        {failure && <Notice tone="error" title={failure.error} />}
        {/* In sight however long the test above it is. */}
        <div className="sticky bottom-0 -mx-5 -mb-5 flex flex-wrap justify-end gap-2 border-line border-t bg-raised px-5 py-3">
          {test.isRunning ? (
            <Button onClick={test.stop}>Stop the test</Button>
          ) : (
            <Button onClick={() => runTest(secrets)} disabled={busy}>
              {test.steps ? 'Test again' : 'Test'}
            </Button>
          )}
          <Button type="submit" kind="primary" disabled={busy} busy={busy}>
            {connection ? (busy ? 'Saving …' : 'Save') : busy ? 'Connecting …' : 'Add and connect'}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
