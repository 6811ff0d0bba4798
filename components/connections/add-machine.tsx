'use client'

import { Download, Plus } from 'lucide-react'
import { useRouter, useSearchParams } from 'next/navigation'
import type { ConnectionWithStatus } from '@/lib/dgx/connections/answers'
import { Button } from '../ui/button'
import { toast } from '../ui/toast'
import { ConnectingDialogs } from './connecting-dialogs'
import { ConnectionForm, ImportDialog } from './dialogs'
import { needOf, type Secrets, useConnecting } from './use-connecting'

/** Opens a way to add machines; in the address, so that any link can. */
function open(how: '1' | 'import'): void {
  window.history.pushState(null, '', `/connections?add=${how}`)
}

/** The two ways to add machines: one by hand, several from the ssh config. */
export function AddMachine() {
  return (
    <>
      <Button onClick={() => open('import')}>
        <Download aria-hidden="true" />
        Import
      </Button>
      <Button kind="primary" onClick={() => open('1')}>
        <Plus aria-hidden="true" />
        Add a machine
      </Button>
    </>
  )
}

/** The dialogs of `AddMachine`; once on the page. */
export function AddMachineDialogs() {
  const router = useRouter()
  const add = useSearchParams().get('add')
  const connecting = useConnecting()
  const close = () => window.history.replaceState(null, '', '/connections')

  async function connect(connection: ConnectionWithStatus, secrets: Secrets) {
    const result = await connecting.connect(connection, secrets)
    if (result.ok) {
      // At first contact a dialog says it.
      if (!result.data.is_first_contact) {
        toast({ title: `${connection.name} is connected`, tone: 'good' })
      }
    } else if (!needOf(result.failure.code)) {
      toast({
        title: `${connection.name} was added, but is not connected`,
        description: 'The list says why, and what to do.',
        tone: 'warn',
      })
    }
    router.refresh()
  }

  return (
    <>
      {add === '1' && <ConnectionForm onSaved={connect} onClose={close} />}
      {add === 'import' && <ImportDialog onClose={close} />}
      <ConnectingDialogs connecting={connecting} />
    </>
  )
}
