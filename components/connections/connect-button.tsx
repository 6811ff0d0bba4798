'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import type { ConnectionWithStatus } from '@/lib/dgx/connections/answers'
import { callApi } from '../api'
import { Button, type ButtonKind, type ButtonSize } from '../ui/button'
import { toast } from '../ui/toast'
import type { Connecting } from './use-connecting'

/** Connects a machine, or disconnects it while it is or is being connected. */
export function ConnectButton({
  connection,
  status,
  connecting,
  size = 'md',
  kind = 'primary',
}: {
  connection: ConnectionWithStatus
  status: ConnectionWithStatus['status']
  connecting: Connecting
  size?: ButtonSize
  kind?: ButtonKind
}) {
  const router = useRouter()
  const [isLeaving, setLeaving] = useState(false)
  const isOff = status === 'disconnected' || status === 'error'
  async function disconnect() {
    setLeaving(true)
    const result = await callApi('POST', `disconnect/${connection.id}`, {})
    setLeaving(false)
    if (!result.ok) {
      toast({
        title: `${connection.name} could not be disconnected`,
        description: result.failure.error,
        tone: 'bad',
      })
    }
    router.refresh()
  }
  async function connect() {
    await connecting.connect(connection)
    router.refresh()
  }
  if (connecting.busy) {
    return (
      <Button size={size} kind={kind} busy disabled>
        Connecting …
      </Button>
    )
  }
  return isOff ? (
    <Button size={size} kind={kind} onClick={connect}>
      Connect
    </Button>
  ) : (
    <Button size={size} onClick={disconnect} busy={isLeaving} disabled={isLeaving}>
      Disconnect
    </Button>
  )
}
