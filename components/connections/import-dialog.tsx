'use client'

import { useRouter } from 'next/navigation'
import { useEffect, useState } from 'react'
import type { ConnectionWithStatus, HostToImport } from '@/lib/dgx/connections/answers'
import { callApi } from '../api'
import { Button } from '../ui/button'
import { Checkbox } from '../ui/checkbox'
import { Dialog } from '../ui/dialog'
import { Notice } from '../ui/notice'
import { Skeleton } from '../ui/skeleton'
import { Status } from '../ui/status'

const LINES = ['first', 'second', 'third']

type Outcome = { ok: true } | { ok: false; error: string }

/** Adds several hosts of the ssh config at once. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const router = useRouter()
  const [hosts, setHosts] = useState<HostToImport[] | null>(null)
  const [failure, setFailure] = useState<string | null>(null)
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, Outcome>>(new Map())
  const [connects, setConnects] = useState(true)
  const [busy, setBusy] = useState(false)

  useEffect(() => {
    void callApi<HostToImport[]>('GET', 'ssh-hosts').then((result) => {
      if (!result.ok) return setFailure(result.failure.error)
      setHosts(result.data)
      setChosen(new Set(result.data.filter(isNew).map(({ name }) => name)))
    })
  }, [])

  const open = hosts?.filter((host) => isNew(host) && !outcomes.get(host.name)?.ok) ?? []
  const toAdd = open.filter(({ name }) => chosen.has(name))

  function choose(names: readonly string[], isChosen: boolean) {
    setChosen((before) => {
      const after = new Set(before)
      for (const name of names) isChosen ? after.add(name) : after.delete(name)
      return after
    })
  }

  async function add() {
    setBusy(true)
    const results = new Map(outcomes)
    // In order, so that they stand in the list as in the file.
    for (const { name, hostname, username, port, ssh_key_path } of toAdd) {
      const body = { name, hostname, username, port, ssh_key_path }
      const result = await callApi<ConnectionWithStatus>('POST', 'connections', body)
      results.set(name, result.ok ? { ok: true } : { ok: false, error: result.failure.error })
      setOutcomes(new Map(results))
      // How connecting went is told by the list, which is live.
      if (result.ok && connects) void callApi('POST', `connect/${result.data.id}`, {})
    }
    setBusy(false)
    router.refresh()
    if (toAdd.every(({ name }) => results.get(name)?.ok)) onClose()
  }

  return (
    <Dialog title="Import from ~/.ssh/config" onClose={onClose}>
      {failure && <Notice tone="error" title={failure} />}
      {!hosts && !failure && (
        <div role="status" className="flex flex-col gap-2">
          <span className="sr-only">Reading the ssh configuration</span>
          {LINES.map((line) => (
            <Skeleton key={line} className="h-10" />
          ))}
        </div>
      )}
      {hosts?.length === 0 && (
        <p>
          No host is named there. Names with wildcards are left out, because they stand for no
          single machine. Add one by hand instead.
        </p>
      )}
      {hosts && hosts.length > 0 && (
        <>
          <p className="text-soft">
            Each is added by its alias, so that the rest of its configuration (jump hosts, keys)
            applies.
          </p>
          <div className="flex flex-col divide-y divide-line rounded-md border border-line">
            <div className="bg-sunken/60 px-3 py-2">
              <Checkbox
                label={`All that are new (${open.length})`}
                checked={open.length > 0 && toAdd.length === open.length}
                mixed={toAdd.length > 0 && toAdd.length < open.length}
                disabled={open.length === 0 || busy}
                onChange={(event) =>
                  choose(
                    open.map(({ name }) => name),
                    event.target.checked,
                  )
                }
              />
            </div>
            <ul aria-label="Hosts" className="max-h-[40dvh] divide-y divide-line overflow-y-auto">
              {hosts.map((host) => (
                <li key={host.name} className="flex items-start justify-between gap-3 px-3 py-2">
                  <HostLine
                    host={host}
                    outcome={outcomes.get(host.name)}
                    isChosen={chosen.has(host.name)}
                    isLocked={busy}
                    onChoose={(isChosen) => choose([host.name], isChosen)}
                  />
                </li>
              ))}
            </ul>
          </div>
          <Checkbox
            label="Connect them at once"
            checked={connects}
            onChange={(event) => setConnects(event.target.checked)}
          />
        </>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>{outcomes.size > 0 ? 'Close' : 'Cancel'}</Button>
        <Button kind="primary" onClick={add} busy={busy} disabled={busy || toAdd.length === 0}>
          {toAdd.length === 1 ? 'Add 1 machine' : `Add ${toAdd.length} machines`}
        </Button>
      </div>
    </Dialog>
  )
}

const isNew = (host: HostToImport) => host.connection === null

function HostLine({
  host,
  outcome,
  isChosen,
  isLocked,
  onChoose,
}: {
  host: HostToImport
  outcome: Outcome | undefined
  isChosen: boolean
  isLocked: boolean
  onChoose: (isChosen: boolean) => void
}) {
  const { name, address, username, port, proxy_jump, connection } = host
  const place = `${username}@${address}${port === 22 ? '' : `:${port}`}`
  return (
    <>
      <Checkbox
        className="min-w-0 break-all"
        label={<span className="font-medium">{name}</span>}
        hint={`${place}${proxy_jump ? `, through ${proxy_jump}` : ''}`}
        checked={connection === null && isChosen}
        disabled={connection !== null || outcome?.ok || isLocked}
        onChange={(event) => onChoose(event.target.checked)}
      />
      <span className="max-w-1/2 shrink-0 text-right text-xs">
        {connection && (
          <span className="text-soft">
            {connection.name === name ? 'added before' : `is ${connection.name}`}
          </span>
        )}
        {outcome?.ok && <Status tone="good">added</Status>}
        {outcome && !outcome.ok && <span className="text-bad">{outcome.error}</span>}
      </span>
    </>
  )
}
