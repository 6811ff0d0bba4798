'use client'

import { Plus } from 'lucide-react'
import { useState } from 'react'
import type { ApiKey } from '@/lib/dgx/keys/answers'
import { DeleteDialog } from '../connections/delete-dialog'
import { Button } from '../ui/button'
import { KeyForm } from './key-form'

export function NewKey() {
  const [isOpen, setIsOpen] = useState(false)
  return (
    <>
      <Button kind="primary" size="sm" onClick={() => setIsOpen(true)}>
        <Plus aria-hidden="true" />
        New key
      </Button>
      {isOpen && <KeyForm onClose={() => setIsOpen(false)} />}
    </>
  )
}

export function KeyActions({ apiKey }: { apiKey: ApiKey }) {
  const [open, setOpen] = useState<'edit' | 'revoke' | null>(null)
  const close = () => setOpen(null)
  return (
    <div className="ml-auto flex gap-2">
      <Button size="sm" aria-label={`Edit ${apiKey.name}`} onClick={() => setOpen('edit')}>
        Edit
      </Button>
      <Button
        size="sm"
        kind="danger"
        aria-label={`Revoke ${apiKey.name}`}
        onClick={() => setOpen('revoke')}
      >
        Revoke
      </Button>
      {open === 'edit' && <KeyForm apiKey={apiKey} onClose={close} />}
      {open === 'revoke' && (
        <DeleteDialog
          title={`Revoke ${apiKey.name}?`}
          verb="Revoke"
          path={`keys/${apiKey.id}`}
          goTo="/settings"
          onClose={close}
        >
          Whoever uses it is refused from now on, and what it has open ends: streams, terminals,
          commands that are still running. Jobs go on. It cannot be taken back.
        </DeleteDialog>
      )}
    </div>
  )
}
