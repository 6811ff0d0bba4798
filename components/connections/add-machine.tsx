'use client'

import { Download, Plus } from 'lucide-react'
import { useRouter, useSearchParams } from 'next/navigation'
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'
import type { ConnectionWithStatus } from '@/lib/dgx/connections/answers'
import { Button } from '../ui/button'
import { toast } from '../ui/toast'
import { ConnectingDialogs } from './connecting-dialogs'
import { ConnectionForm, ImportDialog } from './dialogs'
import { needOf, type Secrets, useConnecting } from './use-connecting'

type How = '1' | 'import'

const OpenContext = createContext<(how: How) => void>(() => {})

/** The two ways to add machines: one by hand, several from the ssh config. */
export function AddMachine() {
  const open = useContext(OpenContext)
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

/** Around the page: the dialogs of `AddMachine`, in the address, so that any link can open them. */
export function AddMachineDialogs({ children }: { children: ReactNode }) {
  const router = useRouter()
  const asked = useSearchParams().get('add')
  /** What was chosen here, while the address is on its way there. */
  const [chosen, setChosen] = useState<How | null>()
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new address is what it is about.
  useEffect(() => setChosen(undefined), [asked])
  const add = chosen === undefined ? asked : chosen
  const connecting = useConnecting()

  function open(how: How) {
    setChosen(how)
    router.push(`/connections?add=${how}`, { scroll: false })
  }

  function close() {
    setChosen(null)
    router.replace('/connections', { scroll: false })
  }

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
    <OpenContext value={open}>
      {children}
      {add === '1' && <ConnectionForm onSaved={connect} onClose={close} />}
      {add === 'import' && <ImportDialog onClose={close} />}
      <ConnectingDialogs connecting={connecting} />
    </OpenContext>
  )
}
