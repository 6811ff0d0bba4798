'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { Button } from '../ui/button'
import { ConnectionForm } from './connection-form'

export function AddMachine({ isOpenAtFirst }: { isOpenAtFirst: boolean }) {
  const router = useRouter()
  const [isOpen, setIsOpen] = useState(isOpenAtFirst)
  return (
    <>
      <Button kind="primary" onClick={() => setIsOpen(true)}>
        Add a machine
      </Button>
      {isOpen && (
        <ConnectionForm
          onClose={() => {
            setIsOpen(false)
            router.replace('/connections')
          }}
        />
      )}
    </>
  )
}
