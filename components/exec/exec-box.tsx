'use client'

import { type FormEvent, type KeyboardEvent, useState } from 'react'
import { Button } from '../ui/button'
import { Field, inputClass } from '../ui/field'
import { Select } from '../ui/select'
import { CopyButton } from './copy-button'
import { type PastCommand, useHistory } from './history'
import { HistoryList } from './history-list'
import { textOf } from './output'
import { OutputView } from './output-view'
import { curlCommand, type ExecRequest } from './request'
import { RunningTime } from './running-time'
import { useExec } from './use-exec'

const TIMEOUTS = [
  { ms: 60_000, label: '1 minute' },
  { ms: 600_000, label: '10 minutes' },
  { ms: 3_600_000, label: '1 hour' },
  { ms: 86_400_000, label: '1 day' },
] as const

const NOT_PICKED = -1

/** Runs commands on the machine and shows their output as it comes. */
export function ExecBox({ connectionId }: { connectionId: string }) {
  const [request, setRequest] = useState<ExecRequest>({
    command: '',
    cwd: '',
    timeoutMs: 3_600_000,
  })
  const { past, add, clear } = useHistory(connectionId)
  /** Which past command the arrow keys have brought into the field. */
  const [picked, setPicked] = useState(NOT_PICKED)
  const { run, stop, output, outcome, startedAt } = useExec(connectionId)
  const isRunning = startedAt !== null

  function start(entry: PastCommand) {
    const next = { ...request, ...entry }
    setRequest(next)
    setPicked(NOT_PICKED)
    add(entry)
    void run(next)
  }

  function submit(event: FormEvent) {
    event.preventDefault()
    const { command, cwd } = request
    if (!isRunning && command.trim() !== '') start({ command, cwd: cwd.trim() })
  }

  function pick(event: KeyboardEvent) {
    const step = { ArrowUp: 1, ArrowDown: -1 }[event.key]
    if (step === undefined) return
    const next = Math.max(NOT_PICKED, Math.min(past.length - 1, picked + step))
    if (next === picked) return
    event.preventDefault()
    setPicked(next)
    setRequest({ ...request, ...(past[next] ?? { command: '' }) })
  }

  return (
    <div className="flex flex-col gap-3">
      <form onSubmit={submit} className="flex flex-col gap-3">
        <div className="flex flex-wrap gap-2">
          <input
            aria-label="Command"
            value={request.command}
            onChange={(event) => {
              setPicked(NOT_PICKED)
              setRequest({ ...request, command: event.target.value })
            }}
            onKeyDown={pick}
            placeholder="nvidia-smi"
            className={`${inputClass} min-w-0 flex-1 basis-48 font-mono`}
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
          />
          {isRunning ? (
            // Keys of their own: one element turned from Stop into Run would submit the form at once.
            <Button key="stop" onClick={stop}>
              Stop
            </Button>
          ) : (
            <Button key="run" type="submit" kind="primary" disabled={request.command.trim() === ''}>
              Run
            </Button>
          )}
        </div>
        <div className="grid gap-3 sm:grid-cols-2">
          <Field label="Working directory">
            <input
              value={request.cwd}
              onChange={(event) => setRequest({ ...request, cwd: event.target.value })}
              placeholder="~"
              className={`${inputClass} font-mono`}
              spellCheck={false}
              autoCapitalize="off"
              autoComplete="off"
            />
          </Field>
          <Field label="Timeout">
            <Select
              value={request.timeoutMs}
              onChange={(event) =>
                setRequest({ ...request, timeoutMs: Number(event.target.value) })
              }
            >
              {TIMEOUTS.map(({ ms, label }) => (
                <option key={ms} value={ms}>
                  {label}
                </option>
              ))}
            </Select>
          </Field>
        </div>
      </form>
      {(output.pieces.length > 0 || isRunning) && <OutputView output={output} />}
      <div className="flex flex-wrap items-center justify-between gap-2 text-soft text-xs">
        <p>
          <span role="status">{isRunning ? 'Running …' : outcome}</span>{' '}
          {startedAt !== null && <RunningTime since={startedAt} />}
        </p>
        <div className="flex flex-wrap gap-2">
          {output.pieces.length > 0 && (
            <CopyButton text={() => textOf(output)}>Copy output</CopyButton>
          )}
          {request.command.trim() !== '' && (
            <CopyButton text={() => curlCommand(location.origin, connectionId, request)}>
              Copy as curl
            </CopyButton>
          )}
        </div>
      </div>
      <HistoryList past={past} isBusy={isRunning} onRun={start} onClear={clear} />
    </div>
  )
}
