'use client'

import { useState } from 'react'
import type { ConnectionStatusAnswer, ConnectionWithStatus } from '@/lib/dgx/connections/answers'
import { type ApiError, type ApiResult, callApi } from '../api'

export type Secrets = { passphrase?: string; password?: string }

/** What connecting asks of the person, or shows them. */
export type Need =
  | { kind: 'secret'; code: string }
  | { kind: 'trust' }
  | { kind: 'first-contact'; status: ConnectionStatusAnswer }

const SECRETS = ['ssh_passphrase_required', 'ssh_passphrase_wrong', 'ssh_password_required']
const HOST_KEYS = ['host_key_changed', 'host_key_unknown']

/** What a failure of connecting asks for; null when only its cause can be mended. */
export function needOf(code: string | undefined): Need | null {
  if (code === undefined) return null
  if (SECRETS.includes(code)) return { kind: 'secret', code }
  return HOST_KEYS.includes(code) ? { kind: 'trust' } : null
}

export type Connecting = ReturnType<typeof useConnecting>

/** Connects a machine, and keeps what that asks for until the person has answered. */
export function useConnecting() {
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<ApiError | null>(null)
  const [asks, setAsks] = useState<{ connection: ConnectionWithStatus; need: Need } | null>(null)

  async function connect(connection: ConnectionWithStatus, secrets: Secrets = {}) {
    setBusy(true)
    setFailure(null)
    const result = await callApi<ConnectionStatusAnswer>(
      'POST',
      `connect/${connection.id}`,
      secrets,
    )
    setBusy(false)
    return settle(connection, result)
  }

  /** Takes in how connecting went, wherever it was asked for. */
  function settle(
    connection: ConnectionWithStatus,
    result: ApiResult<ConnectionStatusAnswer>,
  ): ApiResult<ConnectionStatusAnswer> {
    if (result.ok) {
      const { data: status } = result
      setAsks(
        status.is_first_contact ? { connection, need: { kind: 'first-contact', status } } : null,
      )
    } else {
      const need = needOf(result.failure.code)
      setAsks(need && { connection, need })
      if (!need) setFailure(result.failure)
    }
    return result
  }

  return {
    busy,
    failure,
    asks,
    connect,
    settle,
    /** Opens what an earlier failure asks for. */
    ask: (connection: ConnectionWithStatus, need: Need) => setAsks({ connection, need }),
    dismiss: () => setAsks(null),
  }
}
