'use client'

import { useRouter, useSearchParams } from 'next/navigation'
import { useEffect, useState } from 'react'
import type { Job } from '@/lib/dgx/jobs/records'
import { type ApiError, callApi } from '../api'
import { DeleteDialog } from '../connections/delete-dialog'
import { Button } from '../ui/button'
import { Notice } from '../ui/notice'
import { Select } from '../ui/select'
import { JobForm } from './job-form'

const STATUSES = ['pending', 'running', 'completed', 'failed', 'cancelled'] as const

/** Creates a job that is tracked by hand; open at once with `?add=1`. */
export function TrackJob({ projects }: { projects: { id: string; name: string }[] }) {
  const router = useRouter()
  const isAsked = useSearchParams().get('add') === '1'
  const [isOpen, setIsOpen] = useState(isAsked)
  // The way here may lead from this very page.
  useEffect(() => {
    if (isAsked) setIsOpen(true)
  }, [isAsked])
  function close() {
    setIsOpen(false)
    if (isAsked) router.replace('/jobs', { scroll: false })
  }
  return (
    <>
      <Button onClick={() => setIsOpen(true)}>Track a run</Button>
      {isOpen && <JobForm projects={projects} onClose={close} />}
    </>
  )
}

/** Sets the status of a job that is tracked by hand, or deletes it. */
export function JobActions({ job }: { job: Job }) {
  const router = useRouter()
  const [isDeleting, setIsDeleting] = useState(false)
  const [failure, setFailure] = useState<ApiError | null>(null)
  async function setStatus(status: string) {
    const result = await callApi('PUT', `jobs/${job.id}`, { status })
    setFailure(result.ok ? null : result.failure)
    router.refresh()
  }
  return (
    <>
      <div className="w-36">
        <Select
          aria-label="Status"
          value={job.status}
          onChange={(event) => setStatus(event.target.value)}
        >
          {STATUSES.map((status) => (
            <option key={status}>{status}</option>
          ))}
        </Select>
      </div>
      <Button kind="danger" onClick={() => setIsDeleting(true)}>
        Delete
      </Button>
      {failure && <Notice tone="error" title={failure.error} />}
      {isDeleting && (
        <DeleteDialog
          title={`Delete ${job.name}?`}
          path={`jobs/${job.id}`}
          goTo="/jobs"
          onClose={() => setIsDeleting(false)}
        >
          Its metrics go with it. This cannot be undone.
        </DeleteDialog>
      )}
    </>
  )
}
