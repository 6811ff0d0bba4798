'use client'

import { useRouter } from 'next/navigation'
import { useEffect, useState } from 'react'
import type { ConnectionContents, ConnectionWithStatus } from '@/lib/dgx/connections/answers'
import { callApi } from '../api'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Notice } from '../ui/notice'
import { Skeleton } from '../ui/skeleton'
import { toast } from '../ui/toast'

/** Asks before a machine is deleted, and says what goes with it and what stays. */
export function DeleteMachine({
  connection,
  onClose,
}: {
  connection: Pick<ConnectionWithStatus, 'id' | 'name'>
  onClose: () => void
}) {
  const router = useRouter()
  const [contents, setContents] = useState<ConnectionContents | null>(null)
  const [failure, setFailure] = useState<string | null>(null)
  const [cascade, setCascade] = useState(false)
  const [busy, setBusy] = useState(false)

  useEffect(() => {
    const path = `connections/${connection.id}/contents`
    void callApi<ConnectionContents>('GET', path).then((result) => {
      if (result.ok) setContents(result.data)
      else setFailure(result.failure.error)
    })
  }, [connection.id])

  async function remove() {
    setBusy(true)
    const query = cascade ? '?cascade=true' : ''
    const result = await callApi('DELETE', `connections/${connection.id}${query}`)
    setBusy(false)
    if (!result.ok) return setFailure(result.failure.error)
    onClose()
    toast({ title: `${connection.name} is deleted`, tone: 'good' })
    router.push('/connections')
    router.refresh()
  }

  const hasWork = contents !== null && contents.projects + contents.jobs > 0
  return (
    <Dialog title={`Delete ${connection.name}?`} onClose={onClose}>
      {contents === null && failure === null && <Skeleton className="h-24" />}
      {contents && (
        <>
          <dl className="flex flex-col gap-1.5">
            <Fact label="Goes">{goesOf(contents)}</Fact>
            {!hasWork && (
              <Fact label="Stays">
                The machine itself and everything on it. Nothing there is touched.
              </Fact>
            )}
          </dl>
          {hasWork && (
            <fieldset className="flex flex-col gap-2">
              <legend className="mb-1.5 font-medium">{workOf(contents)} of this machine</legend>
              <Choice
                isChosen={!cascade}
                onChoose={() => setCascade(false)}
                label="Keep them"
                hint="Projects and jobs stay, without a machine."
              />
              <Choice
                isChosen={cascade}
                onChoose={() => setCascade(true)}
                label="Delete them too"
                hint="Their configs, metrics and notes cannot be brought back, nor the jobs’ own folders on the machine."
              />
            </fieldset>
          )}
          {contents.running_jobs > 0 && (
            <Notice tone="warning" title={`${plural(contents.running_jobs, 'job')} running now.`}>
              What runs on the machine goes on there, but is no longer followed here.
            </Notice>
          )}
          {hasWork && (
            <p className="text-soft">
              {cascade
                ? 'Nothing else on the machine is touched.'
                : 'Nothing on the machine itself is touched.'}
            </p>
          )}
        </>
      )}
      {failure && <Notice tone="error" title={failure} />}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>Keep the machine</Button>
        <Button kind="danger" onClick={remove} busy={busy} disabled={busy}>
          {cascade ? 'Delete machine, projects and jobs' : 'Delete'}
        </Button>
      </div>
    </Dialog>
  )
}

function Fact({ label, children }: { label: string; children: string }) {
  return (
    <div className="grid grid-cols-[3.5rem_minmax(0,1fr)] gap-2">
      <dt className="text-soft">{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Choice({
  isChosen,
  onChoose,
  label,
  hint,
}: {
  isChosen: boolean
  onChoose: () => void
  label: string
  hint: string
}) {
  return (
    <label className="flex items-start gap-2.5 rounded-md border border-line px-3 py-2 has-checked:border-accent has-checked:bg-accent-surface">
      <input
        type="radio"
        name="cascade"
        checked={isChosen}
        onChange={onChoose}
        className="mt-0.5 size-4 shrink-0 accent-accent"
      />
      <span>
        <span className="font-medium">{label}</span>
        <span className="block text-soft text-xs">{hint}</span>
      </span>
    </label>
  )
}

function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`
}

function goesOf({ samples, samples_since, health_events }: ConnectionContents): string {
  if (samples === 0) return 'Its connection. Nothing was recorded of it.'
  const since = samples_since
    ? ` since ${new Date(samples_since).toLocaleDateString('en', { dateStyle: 'medium' })}`
    : ''
  const events = health_events > 0 ? ` and ${plural(health_events, 'change')} of GPU health` : ''
  return `Its connection and its history: ${plural(samples, 'sample')}${since}${events}.`
}

function workOf({ projects, jobs }: ConnectionContents): string {
  const parts = [
    ...(projects > 0 ? [plural(projects, 'project')] : []),
    ...(jobs > 0 ? [plural(jobs, 'job')] : []),
  ]
  return parts.join(' and ')
}
