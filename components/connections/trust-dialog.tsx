'use client'

import { useEffect, useState } from 'react'
import type { ConnectionStatusAnswer, ConnectionWithStatus } from '@/lib/dgx/connections/answers'
import { callApi } from '../api'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, inputClass } from '../ui/field'
import { Notice } from '../ui/notice'
import { Skeleton } from '../ui/skeleton'
import { Fingerprint, HowToCompare } from './fingerprint'
import type { Connecting } from './use-connecting'

/** So many characters of a changed key's fingerprint have to be typed: about 36 bits. */
const TYPED = 6

/** Shows the host key that was refused; a changed one is only trusted when its end is typed. */
export function TrustDialog({
  connection,
  connecting,
}: {
  connection: ConnectionWithStatus
  connecting: Connecting
}) {
  const [status, setStatus] = useState<ConnectionStatusAnswer | null>(null)
  const [typed, setTyped] = useState('')
  const [error, setError] = useState<string | undefined>()
  const [busy, setBusy] = useState(false)
  useEffect(() => {
    void callApi<ConnectionStatusAnswer>('GET', `status/${connection.id}`).then((result) => {
      if (result.ok) setStatus(result.data)
      else setError(result.failure.error)
    })
  }, [connection.id])

  const refused = status?.refused_host_key ?? null
  const expected = refused?.expected_fingerprint ?? null
  const fingerprint = refused?.host_key.fingerprint ?? ''
  const isTyped = typed.trim() === fingerprint.slice(-TYPED)

  async function trust() {
    setBusy(true)
    const result = await callApi<ConnectionStatusAnswer>(
      'POST',
      `connections/${connection.id}/trust`,
      { fingerprint },
    )
    setBusy(false)
    if (result.ok) connecting.dismiss()
    // The key is trusted; what comes after it may ask for something else.
    else if (result.failure.code !== 'host_key_mismatch') connecting.settle(connection, result)
    if (!result.ok) setError(result.failure.error)
  }

  const title = !status
    ? `Host key of ${connection.name}`
    : expected
      ? 'The host key has changed'
      : `First contact with ${connection.name}`
  return (
    <Dialog title={title} onClose={connecting.dismiss}>
      {!status && !error && <Skeleton className="h-32" />}
      {status && !refused && <p>No host key is waiting to be trusted. Connect again to see.</p>}
      {refused && (
        <>
          {expected ? (
            <Notice tone="error" title="Somebody may be impersonating this machine.">
              Or it was reinstalled. Nothing was sent to it. Do not go on before you have compared
              the fingerprint with the machine itself.
            </Notice>
          ) : (
            <p>
              {connection.hostname} is not known yet, and nothing was sent to it. It proves who it
              is with its host key; trust the key once, and a machine with another one is refused
              from then on.
            </p>
          )}
          <dl className="flex flex-col gap-2">
            {expected && <Fingerprint label="Expected">{expected}</Fingerprint>}
            <Fingerprint label={`Presented now (${refused.host_key.key_type})`}>
              {fingerprint}
            </Fingerprint>
          </dl>
          <HowToCompare keyType={refused.host_key.key_type} />
          {expected && (
            <Field
              label={`To trust the new key, type the last ${TYPED} characters that the machine shows`}
            >
              <input
                value={typed}
                onChange={(event) => setTyped(event.target.value)}
                className={`${inputClass} font-mono`}
                autoComplete="off"
                autoCapitalize="off"
                spellCheck={false}
              />
            </Field>
          )}
        </>
      )}
      {error && <Notice tone="error" title={error} />}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={connecting.dismiss}>Do not connect</Button>
        {refused && (
          <Button
            kind={expected ? 'danger' : 'primary'}
            onClick={trust}
            busy={busy}
            disabled={busy || (expected !== null && !isTyped)}
          >
            {expected ? 'Trust this key' : 'It matches: trust this key'}
          </Button>
        )}
      </div>
    </Dialog>
  )
}
