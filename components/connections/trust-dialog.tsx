'use client'

import { useEffect, useState } from 'react'
import type { ConnectionStatusAnswer, ConnectionWithStatus } from '@/lib/dgx/connections/answers'
import { callApi } from '../api'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, inputClass } from '../ui/field'
import { Notice } from '../ui/notice'

/** Shows the host key that was refused; a changed one is only trusted when its end is typed. */
export function TrustDialog({
  connection,
  onClose,
}: {
  connection: ConnectionWithStatus
  onClose: () => void
}) {
  const [status, setStatus] = useState<ConnectionStatusAnswer | null>(null)
  const [typed, setTyped] = useState('')
  const [error, setError] = useState<string | undefined>()
  useEffect(() => {
    void callApi<ConnectionStatusAnswer>('GET', `status/${connection.id}`).then((result) => {
      if (result.ok) setStatus(result.data)
      else setError(result.failure.error)
    })
  }, [connection.id])

  const refused = status?.refused_host_key ?? null
  const expected = refused?.expected_fingerprint ?? null
  const fingerprint = refused?.host_key.fingerprint ?? ''
  const lastLetters = fingerprint.slice(-6)

  async function trust() {
    const result = await callApi('POST', `connections/${connection.id}/trust`, { fingerprint })
    if (result.ok) onClose()
    else setError(result.failure.error)
  }

  return (
    <Dialog title={expected ? 'The host key has changed' : 'First contact'} onClose={onClose}>
      {status && !refused && <p>No host key is waiting to be trusted. Connect again to see.</p>}
      {refused && (
        <>
          {expected && (
            <Notice tone="error" title="Somebody may be impersonating this machine.">
              Or it was reinstalled. Do not go on before you have compared the fingerprint with the
              machine itself.
            </Notice>
          )}
          <dl className="grid gap-2 break-all font-mono text-xs">
            {expected && (
              <div>
                <dt className="font-sans text-soft">Expected</dt>
                <dd>{expected}</dd>
              </div>
            )}
            <div>
              <dt className="font-sans text-soft">Presented now ({refused.host_key.key_type})</dt>
              <dd>{fingerprint}</dd>
            </div>
          </dl>
          <p>
            On the machine:{' '}
            <code className="font-mono text-xs">
              ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub
            </code>
          </p>
          {expected && (
            <Field label={`To trust the new key, type its last six characters: ${lastLetters}`}>
              <input
                value={typed}
                onChange={(event) => setTyped(event.target.value)}
                className={`${inputClass} font-mono`}
                autoComplete="off"
                spellCheck={false}
              />
            </Field>
          )}
          {error && <Notice tone="error" title={error} />}
          <div className="flex justify-end gap-2">
            <Button onClick={onClose}>Do not connect</Button>
            <Button
              kind={expected ? 'danger' : 'primary'}
              onClick={trust}
              disabled={expected !== null && typed !== lastLetters}
            >
              Trust this key
            </Button>
          </div>
        </>
      )}
    </Dialog>
  )
}
