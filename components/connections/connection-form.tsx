'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import type { ConnectionTest, ConnectionWithStatus } from '@/lib/dgx/connections/answers'
import type { ConfiguredHost } from '@/lib/dgx/ssh/ssh-config'
import { type ApiError, callApi, fieldError } from '../api'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, inputClass } from '../ui/field'
import { Notice } from '../ui/notice'
import { TestSteps } from './test-steps'

type Values = {
  name: string
  hostname: string
  username: string
  port: string
  ssh_key_path: string
  sample_interval_ms: string
}

const EMPTY: Values = {
  name: '',
  hostname: '',
  username: '',
  port: '22',
  ssh_key_path: '',
  sample_interval_ms: '2000',
}

function toValues(connection: ConnectionWithStatus): Values {
  const { name, hostname, username, port, ssh_key_path, sample_interval_ms } = connection
  return {
    name,
    hostname,
    username,
    port: String(port),
    ssh_key_path: ssh_key_path ?? '',
    sample_interval_ms: String(sample_interval_ms),
  }
}

/** What is not a number stays text, so that the server's own words about it are shown. */
const asNumber = (text: string) => (/^\d+$/.test(text.trim()) ? Number(text) : text)

function toBody({ name, hostname, username, port, ssh_key_path }: Values) {
  return {
    name,
    hostname,
    username,
    port: asNumber(port),
    ssh_key_path: ssh_key_path.trim() || null,
  }
}

/** Adds or changes a machine, with a test that saves nothing. */
export function ConnectionForm({
  connection,
  onClose,
}: {
  connection?: ConnectionWithStatus
  onClose: () => void
}) {
  const router = useRouter()
  const [values, setValues] = useState<Values>(connection ? toValues(connection) : EMPTY)
  const [failure, setFailure] = useState<ApiError | null>(null)
  const [test, setTest] = useState<ConnectionTest | null>(null)
  const [hosts, setHosts] = useState<ConfiguredHost[] | null>(null)
  const [busy, setBusy] = useState<'save' | 'test' | null>(null)

  const input = (field: keyof Values, props: React.ComponentProps<'input'> = {}) => (
    <input
      {...props}
      value={values[field]}
      onChange={(event) => setValues({ ...values, [field]: event.target.value })}
      aria-invalid={fieldError(failure, field) ? true : undefined}
      className={inputClass}
      spellCheck={false}
      autoComplete="off"
    />
  )

  async function save(event: FormEvent) {
    event.preventDefault()
    setBusy('save')
    const body = { ...toBody(values), sample_interval_ms: asNumber(values.sample_interval_ms) }
    const result = connection
      ? await callApi<ConnectionWithStatus>('PUT', `connections/${connection.id}`, body)
      : await callApi<ConnectionWithStatus>('POST', 'connections', body)
    if (result.ok && !connection) await callApi('POST', `connect/${result.data.id}`, {})
    setBusy(null)
    if (!result.ok) return setFailure(result.failure)
    router.refresh()
    onClose()
  }

  async function runTest() {
    setBusy('test')
    setTest(null)
    setFailure(null)
    const { name: _, ...body } = toBody(values)
    const result = await callApi<ConnectionTest>('POST', 'connections/test', {
      ...body,
      ...(connection ? { connection_id: connection.id } : {}),
    })
    setBusy(null)
    if (result.ok) setTest(result.data)
    else setFailure(result.failure)
  }

  async function loadHosts() {
    const result = await callApi<ConfiguredHost[]>('GET', 'ssh-hosts')
    if (result.ok) setHosts(result.data)
    else setFailure(result.failure)
  }

  return (
    <Dialog title={connection ? `Edit ${connection.name}` : 'Add a machine'} onClose={onClose}>
      <form onSubmit={save} className="flex flex-col gap-4" noValidate>
        {!connection &&
          (hosts === null ? (
            <div>
              <Button kind="quiet" onClick={loadHosts}>
                Import from ~/.ssh/config
              </Button>
            </div>
          ) : (
            <Field
              label="Host of your ssh configuration"
              hint={hosts.length === 0 ? 'There is none.' : 'Fills in the fields below.'}
            >
              <select
                className={inputClass}
                defaultValue=""
                onChange={(event) => {
                  const host = hosts.find(({ name }) => name === event.target.value)
                  if (host)
                    setValues({
                      ...values,
                      name: host.name,
                      hostname: host.hostname,
                      username: host.username,
                      port: String(host.port),
                    })
                }}
              >
                <option value="">Choose …</option>
                {hosts.map(({ name }) => (
                  <option key={name}>{name}</option>
                ))}
              </select>
            </Field>
          ))}
        <Field
          label="Name"
          hint="How you call it, also in the API."
          error={fieldError(failure, 'name')}
        >
          {input('name', { placeholder: 'dgx-1', required: true })}
        </Field>
        <div className="grid gap-4 sm:grid-cols-[1fr_6rem]">
          <Field
            label="Host"
            hint="A name, an address or an alias of your ssh config."
            error={fieldError(failure, 'hostname')}
          >
            {input('hostname', { placeholder: 'dgx.example.com', required: true })}
          </Field>
          <Field label="Port" error={fieldError(failure, 'port')}>
            {input('port', { inputMode: 'numeric' })}
          </Field>
        </div>
        <Field label="User" error={fieldError(failure, 'username')}>
          {input('username', { placeholder: 'ubuntu', required: true })}
        </Field>
        <Field
          label="Private key file"
          hint="On this computer. Empty: your ssh agent, then your default keys. Only the path is stored."
          error={fieldError(failure, 'ssh_key_path')}
        >
          {input('ssh_key_path', { placeholder: '~/.ssh/id_ed25519' })}
        </Field>
        <Field label="Sample every (ms)" error={fieldError(failure, 'sample_interval_ms')}>
          {input('sample_interval_ms', { inputMode: 'numeric' })}
        </Field>
        {failure && !failure.details?.length && <Notice tone="error" title={failure.error} />}
        {busy === 'test' && <p role="status">Testing …</p>}
        {test && <TestSteps test={test} />}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={runTest} disabled={busy !== null}>
            Test
          </Button>
          <Button type="submit" kind="primary" disabled={busy !== null}>
            {busy === 'save' ? 'Saving …' : connection ? 'Save' : 'Add and connect'}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
