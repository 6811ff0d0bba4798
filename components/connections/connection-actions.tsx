'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import type { ConnectionWithStatus } from '@/lib/dgx/connections/answers'
import { type ApiError, callApi } from '../api'
import { Button } from '../ui/button'
import { Notice } from '../ui/notice'
import { ConnectionForm } from './connection-form'
import { DeleteDialog } from './delete-dialog'
import { SecretDialog } from './secret-dialog'
import { TrustDialog } from './trust-dialog'

type Open = 'edit' | 'delete' | 'secret' | 'trust' | null

const ASKS_SECRET = ['ssh_passphrase_required', 'ssh_passphrase_wrong', 'ssh_password_required']
const ASKS_TRUST = ['host_key_changed', 'host_key_unknown']

/** Connect, disconnect, edit and delete one machine. */
export function ConnectionActions({ connection }: { connection: ConnectionWithStatus }) {
  const router = useRouter()
  const [open, setOpen] = useState<Open>(null)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<ApiError | null>(null)
  const isOn = connection.status !== 'disconnected' && connection.status !== 'error'
  const code = failure?.code ?? connection.last_error?.code ?? ''

  async function call(action: 'connect' | 'disconnect') {
    setBusy(true)
    setFailure(null)
    const result = await callApi('POST', `${action}/${connection.id}`, {})
    setBusy(false)
    if (!result.ok) {
      setFailure(result.failure)
      if (ASKS_SECRET.includes(result.failure.code)) setOpen('secret')
      else if (ASKS_TRUST.includes(result.failure.code)) setOpen('trust')
    }
    router.refresh()
  }
  const close = () => {
    setOpen(null)
    setFailure(null)
    router.refresh()
  }

  return (
    <div className="flex flex-col items-end gap-2">
      <div className="flex flex-wrap justify-end gap-2">
        {isOn ? (
          <Button onClick={() => call('disconnect')} disabled={busy}>
            Disconnect
          </Button>
        ) : (
          <Button kind="primary" onClick={() => call('connect')} disabled={busy}>
            {busy ? 'Connecting …' : 'Connect'}
          </Button>
        )}
        {!isOn && ASKS_TRUST.includes(code) && (
          <Button onClick={() => setOpen('trust')}>Host key …</Button>
        )}
        <Button onClick={() => setOpen('edit')}>Edit</Button>
        <Button kind="danger" onClick={() => setOpen('delete')}>
          Delete
        </Button>
      </div>
      {failure && open === null && <Notice tone="error" title={failure.error} />}
      {open === 'edit' && <ConnectionForm connection={connection} onClose={close} />}
      {open === 'delete' && (
        <DeleteDialog
          title={`Delete ${connection.name}?`}
          path={`connections/${connection.id}`}
          goTo="/connections"
          onClose={close}
        >
          It is disconnected and its metrics are removed. Its projects and jobs stay, without a
          machine. Nothing on the machine itself is touched.
        </DeleteDialog>
      )}
      {open === 'secret' && <SecretDialog connection={connection} code={code} onClose={close} />}
      {open === 'trust' && <TrustDialog connection={connection} onClose={close} />}
    </div>
  )
}
