'use client'

import { CircleCheck, CircleX, Lock, ShieldQuestion } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { CommandVerdict } from '@/lib/dgx/safety/answers'
import { callApi } from '../api'
import { Field, inputClass } from '../ui/field'

/** Typing is one question, not one for each key. */
const SETTLED_MS = 250

const LOOKS = {
  allowed: { Icon: CircleCheck, look: 'border-good/40 bg-good-surface [&>svg]:text-good' },
  needs_confirmation: {
    Icon: ShieldQuestion,
    look: 'border-warn/40 bg-warn-surface [&>svg]:text-warn',
  },
  denied: { Icon: CircleX, look: 'border-bad/40 bg-bad-surface [&>svg]:text-bad' },
  read_only: { Icon: Lock, look: 'border-warn/40 bg-warn-surface [&>svg]:text-warn' },
} as const

/** Says what would become of a command by the rules as they are written now, saved or not. */
export function CommandTest({
  connectionId,
  rules,
  readOnly,
}: {
  connectionId: string
  /** Null while one of them is no pattern. */
  rules: { deny: string[]; confirm: string[] } | null
  readOnly: boolean
}) {
  const [command, setCommand] = useState('')
  const [verdict, setVerdict] = useState<CommandVerdict | null>(null)
  const isAsked = command.trim() !== '' && rules !== null
  const { deny, confirm } = rules ?? {}
  const question = isAsked ? JSON.stringify({ command, deny, confirm, read_only: readOnly }) : null
  useEffect(() => {
    setVerdict((before) => (question === null ? null : before))
    if (question === null) return
    let isCurrent = true
    const timer = setTimeout(async () => {
      const path = `connections/${connectionId}/safety/check`
      const result = await callApi<CommandVerdict>('POST', path, JSON.parse(question))
      if (isCurrent && result.ok) setVerdict(result.data)
    }, SETTLED_MS)
    return () => {
      isCurrent = false
      clearTimeout(timer)
    }
  }, [question, connectionId])
  const looks = verdict && LOOKS[verdict.outcome]
  return (
    <div className="flex flex-col gap-3">
      <Field label="Command" hint="Nothing is run.">
        <input
          value={command}
          onChange={(event) => setCommand(event.target.value)}
          placeholder="rm -rf /"
          className={`${inputClass} font-mono`}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
        />
      </Field>
      <div role="status" aria-label="What would happen">
        {verdict && looks && (
          <p className={`flex gap-2.5 rounded-md border px-3 py-2.5 ${looks.look}`}>
            <looks.Icon aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
            <span className="min-w-0 break-words">{verdict.message}</span>
          </p>
        )}
      </div>
    </div>
  )
}
