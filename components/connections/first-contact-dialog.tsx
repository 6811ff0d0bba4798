'use client'

import type { ConnectionStatusAnswer, ConnectionWithStatus } from '@/lib/dgx/connections/answers'
import { callApi } from '../api'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { toast } from '../ui/toast'
import { Fingerprint, HowToCompare } from './fingerprint'

/** After a machine was connected for the first time: whose key was believed, and how to check it. */
export function FirstContactDialog({
  connection,
  status,
  onClose,
}: {
  connection: ConnectionWithStatus
  status: ConnectionStatusAnswer
  onClose: () => void
}) {
  async function disconnect() {
    const result = await callApi('POST', `disconnect/${connection.id}`, {})
    if (result.ok) {
      toast({
        title: `${connection.name} is disconnected`,
        description:
          'Find out who answers at its address. The key is forgotten when you delete the machine.',
      })
    } else toast({ title: 'It is still connected', description: result.failure.error, tone: 'bad' })
    onClose()
  }
  return (
    <Dialog title={`${connection.name} is connected`} onClose={onClose}>
      <p>
        This was the first contact, so its host key was believed and is remembered from now on. If
        it ever changes, the connection is refused and you are asked.
      </p>
      <dl>
        <Fingerprint label={`Host key (${status.host_key_type})`}>
          {status.host_key_fingerprint ?? ''}
        </Fingerprint>
      </dl>
      <HowToCompare keyType={status.host_key_type ?? ''} />
      <p className="text-soft">
        The same fingerprint there means that you reach that machine and nobody in between.
      </p>
      <div className="flex flex-wrap justify-end gap-2">
        <Button kind="danger" onClick={disconnect}>
          It differs: disconnect
        </Button>
        <Button kind="primary" onClick={onClose}>
          Done
        </Button>
      </div>
    </Dialog>
  )
}
