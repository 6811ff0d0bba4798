'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import type { ConnectionWithStatus } from '@/lib/dgx/connections/answers'
import { useConnection } from '../live/use-live'
import { Button } from '../ui/button'
import { Notice } from '../ui/notice'
import { ConnectButton } from './connect-button'
import { ConnectingDialogs } from './connecting-dialogs'
import { ConnectionForm, DeleteMachine } from './dialogs'
import { needOf, useConnecting } from './use-connecting'

/** Connect, disconnect, edit and delete one machine. */
export function ConnectionActions({ connection }: { connection: ConnectionWithStatus }) {
  const router = useRouter()
  const [open, setOpen] = useState<'edit' | 'delete' | null>(null)
  const connecting = useConnecting()
  const { status, last_error } = useConnection(connection.id, connection)
  const need = status === 'error' ? needOf(last_error?.code) : null
  const close = () => {
    setOpen(null)
    router.refresh()
  }
  return (
    <div className="flex flex-col items-end gap-2">
      <div className="flex flex-wrap justify-end gap-2">
        <ConnectButton connection={connection} status={status} connecting={connecting} />
        {need?.kind === 'trust' && (
          <Button onClick={() => connecting.ask(connection, need)}>Host key …</Button>
        )}
        <Button onClick={() => setOpen('edit')}>Edit</Button>
        <Button kind="danger" onClick={() => setOpen('delete')}>
          Delete
        </Button>
      </div>
      {connecting.failure && connecting.failure.error !== last_error?.message && (
        <Notice tone="error" title={connecting.failure.error} />
      )}
      {open === 'edit' && <ConnectionForm connection={connection} onClose={close} />}
      {open === 'delete' && <DeleteMachine connection={connection} onClose={close} />}
      <ConnectingDialogs connecting={connecting} />
    </div>
  )
}
