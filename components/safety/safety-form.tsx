'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import type { SafetySettings } from '@/lib/dgx/safety/answers'
import { type ApiError, callApi } from '../api'
import { Button } from '../ui/button'
import { Card } from '../ui/card'
import { Field } from '../ui/field'
import { Notice } from '../ui/notice'
import { Select } from '../ui/select'
import { Switch } from '../ui/switch'
import { toast } from '../ui/toast'
import { CommandTest } from './command-test'
import { PatternList } from './pattern-list'
import { type Preset, patternProblem, textsOf, toPatterns, withPresets } from './patterns'

const TIMEOUTS = [
  [30, '30 seconds'],
  [60, 'a minute'],
  [120, '2 minutes'],
  [300, '5 minutes'],
  [900, '15 minutes'],
] as const

/** What may be done on a machine. The switch counts at once, the rules when they are saved. */
export function SafetyForm({
  machine,
  first,
  presets,
}: {
  machine: string
  first: SafetySettings
  presets: readonly Preset[]
}) {
  const router = useRouter()
  const [saved, setSaved] = useState(first)
  const [deny, setDeny] = useState(() => toPatterns(first.deny))
  const [confirm, setConfirm] = useState(() => toPatterns(first.confirm))
  const [timeoutS, setTimeoutS] = useState(first.confirm_timeout_s)
  const [failure, setFailure] = useState<ApiError | null>(null)
  const [busy, setBusy] = useState(false)
  const rules = { deny: textsOf(deny), confirm: textsOf(confirm), confirm_timeout_s: timeoutS }
  const { connection_id: id, read_only, ...savedRules } = saved
  const isChanged = JSON.stringify(rules) !== JSON.stringify(savedRules)
  const isWrong = [...deny, ...confirm].some(({ text }) => patternProblem(text) !== null)

  async function save(changes: Partial<SafetySettings>, done: string) {
    setBusy(true)
    setFailure(null)
    const result = await callApi<SafetySettings>('PUT', `connections/${id}/safety`, changes)
    setBusy(false)
    if (!result.ok) return setFailure(result.failure)
    setSaved(result.data)
    toast({ title: done, tone: 'good' })
    router.refresh()
  }

  async function saveRules(event: FormEvent) {
    event.preventDefault()
    await save(rules, 'The rules count from now on.')
  }

  return (
    <div className="flex max-w-3xl flex-col gap-5">
      <Card title="Read-only">
        <Switch
          label={`Change nothing on ${machine}`}
          hint="No commands, terminals, or jobs that start or are cancelled. Metrics, logs and what runs go on; open terminals are closed."
          checked={read_only}
          disabled={busy}
          onChange={({ target }) =>
            save(
              { read_only: target.checked },
              target.checked ? `${machine} is read-only.` : `${machine} may be used again.`,
            )
          }
        />
      </Card>
      <Card title="Rules for commands">
        <form onSubmit={saveRules} className="flex flex-col gap-6">
          <PatternList
            title="Ask a person"
            hint="A command that one of these matches waits until somebody at a page of this app allows it."
            patterns={confirm}
            presets={presets}
            onChange={setConfirm}
            action={
              <Button onClick={() => setConfirm(withPresets(confirm, presets))}>
                Add the ready set
              </Button>
            }
          />
          <PatternList
            title="Refuse"
            hint="These are refused, whoever asks."
            patterns={deny}
            presets={presets}
            onChange={setDeny}
          />
          <div className="max-w-64">
            <Field label="Waits for a person" hint="Then it is not run.">
              <Select value={timeoutS} onChange={({ target }) => setTimeoutS(Number(target.value))}>
                {!TIMEOUTS.some(([seconds]) => seconds === timeoutS) && (
                  <option value={timeoutS}>{timeoutS} seconds</option>
                )}
                {TIMEOUTS.map(([seconds, text]) => (
                  <option key={seconds} value={seconds}>
                    {text}
                  </option>
                ))}
              </Select>
            </Field>
          </div>
          {failure && <Notice tone="error" title={failure.error} />}
          <div className="flex flex-wrap items-center gap-3">
            <Button type="submit" kind="primary" disabled={!isChanged || isWrong} busy={busy}>
              Save the rules
            </Button>
            {isChanged && <span className="text-soft text-xs">Not saved yet</span>}
          </div>
        </form>
      </Card>
      <Card title="Try a command">
        <CommandTest connectionId={id} rules={isWrong ? null : rules} readOnly={read_only} />
      </Card>
    </div>
  )
}
