'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import type { Job } from '@/lib/dgx/jobs/records'
import { type ApiError, callApi, fieldError } from '../api'
import { Button } from '../ui/button'
import { Card } from '../ui/card'
import { inputClass } from '../ui/field'
import { Notice } from '../ui/notice'

/** What somebody wants to remember about a job; read as it is, changed in place. */
export function JobNotes({ job }: { job: Job }) {
  const router = useRouter()
  /** What is being written; null while it is only read. */
  const [draft, setDraft] = useState<string | null>(null)
  const [failure, setFailure] = useState<ApiError | null>(null)
  const [busy, setBusy] = useState(false)

  async function save() {
    setBusy(true)
    const notes = draft?.trim() || null
    const result = await callApi<Job>('PUT', `jobs/${job.id}`, { notes })
    setBusy(false)
    setFailure(result.ok ? null : result.failure)
    if (!result.ok) return
    setDraft(null)
    router.refresh()
  }

  const edit = (
    <Button kind="quiet" onClick={() => setDraft(job.notes ?? '')}>
      {job.notes ? 'Edit notes' : 'Write notes'}
    </Button>
  )
  return (
    <Card title="Notes" actions={draft === null && edit}>
      {draft === null ? (
        <p className={`whitespace-pre-wrap wrap-anywhere ${job.notes ? '' : 'text-soft'}`}>
          {job.notes ?? 'What was tried, and what came of it.'}
        </p>
      ) : (
        <div className="flex flex-col gap-3">
          <textarea
            aria-label="Notes"
            rows={5}
            className={inputClass}
            value={draft}
            onChange={(event) => setDraft(event.target.value)}
          />
          {failure && <Notice tone="error" title={fieldError(failure, 'notes') ?? failure.error} />}
          <div className="flex justify-end gap-2">
            <Button kind="quiet" onClick={() => setDraft(null)}>
              Cancel
            </Button>
            <Button kind="primary" disabled={busy} onClick={save}>
              Save notes
            </Button>
          </div>
        </div>
      )}
    </Card>
  )
}
