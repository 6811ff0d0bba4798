'use client'

import { type FormEvent, useState } from 'react'
import type { ConnectionWithStatus } from '@/lib/dgx/connections/answers'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, inputClass } from '../ui/field'
import type { Connecting } from './use-connecting'

/** Asks for what opens this connection; it is sent once and never stored. */
export function SecretDialog({
  connection,
  code,
  connecting,
}: {
  connection: ConnectionWithStatus
  code: string
  connecting: Connecting
}) {
  const isPassword = code === 'ssh_password_required'
  const [secret, setSecret] = useState('')
  const [error, setError] = useState<string | undefined>()
  async function connect(event: FormEvent) {
    event.preventDefault()
    const result = await connecting.connect(
      connection,
      isPassword ? { password: secret } : { passphrase: secret },
    )
    // Any other failure takes the dialog away and is told where the machine is.
    if (!result.ok) setError(result.failure.error)
  }
  return (
    <Dialog title={`Connect ${connection.name}`} onClose={connecting.dismiss}>
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
            aria-invalid={error ? true : undefined}
            className={inputClass}
            autoComplete="off"
          />
        </Field>
        <div className="flex justify-end gap-2">
          <Button
            type="submit"
            kind="primary"
            busy={connecting.busy}
            disabled={connecting.busy || secret === ''}
          >
            {connecting.busy ? 'Connecting …' : 'Connect'}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
