'use client'

import { useRouter } from 'next/navigation'
import { type ReactNode, useState } from 'react'
import { type ApiError, callApi } from '../api'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Notice } from '../ui/notice'

/** Asks before something is deleted or revoked, and says what goes with it. */
export function DeleteDialog({
  title,
  verb = 'Delete',
  path,
  goTo,
  onClose,
  children,
}: {
  title: string
  verb?: string
  path: string
  goTo: string
  onClose: () => void
  children: ReactNode
}) {
  const router = useRouter()
  const [failure, setFailure] = useState<ApiError | null>(null)
  async function remove() {
    const result = await callApi('DELETE', path)
    if (!result.ok) return setFailure(result.failure)
    onClose()
    router.push(goTo as '/')
    router.refresh()
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{children}</p>
      {failure && <Notice tone="error" title={failure.error} />}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Keep</Button>
        <Button kind="danger" onClick={remove}>
          {verb}
        </Button>
      </div>
    </Dialog>
  )
}
