'use client'

import { type FormEvent, useState } from 'react'
import type { ConnectionWithStatus } from '@/lib/dgx/connections/answers'
import { callApi } from '../api'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, inputClass } from '../ui/field'

/** Asks for what opens this connection; it is sent once and never stored. */
export function SecretDialog({
  connection,
  code,
  onClose,
}: {
  connection: ConnectionWithStatus
  code: string
  onClose: () => void
}) {
  const isPassword = code === 'ssh_password_required'
  const [secret, setSecret] = useState('')
  const [error, setError] = useState<string | undefined>()
  const [busy, setBusy] = useState(false)
  async function connect(event: FormEvent) {
    event.preventDefault()
    setBusy(true)
    const body = isPassword ? { password: secret } : { passphrase: secret }
    const result = await callApi('POST', `connect/${connection.id}`, body)
    setBusy(false)
    if (result.ok) onClose()
    else setError(result.failure.error)
  }
  return (
    <Dialog title={`Connect ${connection.name}`} onClose={onClose}>
      <form onSubmit={connect} className="flex flex-col gap-4">
        <Field
          label={
            isPassword
              ? `Password of ${connection.username}`
              : `Passphrase of ${connection.ssh_key_path ?? 'your key'}`
          }
          hint="Kept in memory until you disconnect, never stored. After a restart it is asked again."
          error={error}
        >
          <input
            type="password"
            value={secret}
            onChange={(event) => setSecret(event.target.value)}
            className={inputClass}
            autoComplete="off"
          />
        </Field>
        <div className="flex justify-end">
          <Button type="submit" kind="primary" disabled={busy || secret === ''}>
            {busy ? 'Connecting …' : 'Connect'}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
