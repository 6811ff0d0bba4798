'use client'

import { Copy, Play, RotateCcw, Square } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import type { Job } from '@/lib/dgx/jobs/records'
import type { JobAction } from '@/lib/dgx/jobs/states'
import { type ApiError, callApi } from '../../api'
import { DeleteDialog } from '../../connections/delete-dialog'
import { Button, buttonClass } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Notice } from '../../ui/notice'

type Asked = 'cancel' | 'retry' | 'delete'
type Named = Pick<Job, 'id' | 'name' | 'phase' | 'attempt'>

/** What can be done with a job that the app runs, as its state allows; what ends or repeats it asks first. */
export function ManagedActions({ job, actions }: { job: Named; actions: readonly JobAction[] }) {
  const router = useRouter()
  const [asked, setAsked] = useState<Asked | null>(null)
  const [failure, setFailure] = useState<ApiError | null>(null)
  const isActive = job.phase === 'starting' || job.phase === 'running' || job.phase === 'stopping'
  const isOver = job.phase === 'ended'
  const close = () => setAsked(null)
  async function start() {
    const result = await callApi<Job>('POST', `jobs/${job.id}/start`, {})
    setFailure(result.ok ? null : result.failure)
    router.refresh()
  }
  return (
    <>
      {actions.includes('start') && (
        <Button kind="primary" onClick={start}>
          <Play aria-hidden="true" />
          Start
        </Button>
      )}
      {actions.includes('cancel') && !isOver && job.phase !== 'stopping' && (
        <Button kind="danger" onClick={() => setAsked('cancel')}>
          <Square aria-hidden="true" />
          Cancel
        </Button>
      )}
      {actions.includes('retry') && (
        <Button kind="primary" onClick={() => setAsked('retry')}>
          <RotateCcw aria-hidden="true" />
          Retry
        </Button>
      )}
      <Link href={`/jobs/new?clone=${job.id}`} className={buttonClass()}>
        <Copy aria-hidden="true" />
        Clone
      </Link>
      <Button kind="danger" onClick={() => setAsked('delete')}>
        Delete
      </Button>
      {failure && <Notice tone="error" title={failure.error} />}
      {asked === 'cancel' && (
        <Confirm
          title={`Cancel ${job.name}?`}
          path={`jobs/${job.id}/cancel`}
          keep="Let it run"
          act="Cancel the job"
          kind="danger"
          onClose={close}
        >
          {isActive
            ? 'Its processes are asked to end, so that it may save a checkpoint, and are killed if they do not. Its log and metrics stay.'
            : 'It leaves the queue. It can be retried later.'}
        </Confirm>
      )}
      {asked === 'retry' && (
        <Confirm
          title={`Run ${job.name} again?`}
          path={`jobs/${job.id}/retry`}
          keep="Not now"
          act="Retry"
          kind="primary"
          onClose={close}
        >
          The same command runs as attempt {job.attempt + 1}, with a log of its own. To change
          something first, clone it.
        </Confirm>
      )}
      {asked === 'delete' && (
        <DeleteDialog
          title={`Delete ${job.name}?`}
          path={`jobs/${job.id}${isActive ? '?force=true' : ''}`}
          goTo="/jobs"
          onClose={close}
        >
          {isActive && 'It is stopped first. '}
          Its metrics, attempts and logs go, and on its machine the job’s own folder with what it
          saved there. This cannot be undone.
        </DeleteDialog>
      )}
    </>
  )
}

function Confirm({
  title,
  path,
  keep,
  act,
  kind,
  onClose,
  children,
}: {
  title: string
  path: string
  keep: string
  act: string
  kind: 'danger' | 'primary'
  onClose: () => void
  children: React.ReactNode
}) {
  const router = useRouter()
  const [failure, setFailure] = useState<ApiError | null>(null)
  const [busy, setBusy] = useState(false)
  async function go() {
    setBusy(true)
    const result = await callApi('POST', path, {})
    setBusy(false)
    if (!result.ok) return setFailure(result.failure)
    onClose()
    router.refresh()
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{children}</p>
      {failure && <Notice tone="error" title={failure.error} />}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{keep}</Button>
        <Button kind={kind} busy={busy} disabled={busy} onClick={go}>
          {act}
        </Button>
      </div>
    </Dialog>
  )
}
