'use client'

import { type FormEvent, useRef, useState } from 'react'
import { Button } from '../ui/button'
import { inputClass } from '../ui/field'

type Event =
  | { type: 'start' }
  | { type: 'stdout' | 'stderr'; data: string }
  | {
      type: 'exit'
      code: number | null
      signal: string | null
      timed_out: boolean
      duration_ms: number
    }
  | { type: 'error'; error: string }

type Piece = { stream: 'stdout' | 'stderr'; text: string }

/** Output kept on the page; the beginning goes first. */
const MAX_CHARS = 200_000

/** Runs a command on the machine and shows its output as it comes. Output is text, nothing else. */
export function ExecBox({ connectionId }: { connectionId: string }) {
  const [command, setCommand] = useState('')
  const [pieces, setPieces] = useState<Piece[]>([])
  const [outcome, setOutcome] = useState<string | null>(null)
  const [isRunning, setIsRunning] = useState(false)
  const caller = useRef<AbortController | null>(null)

  function take(event: Event) {
    if (event.type === 'stdout' || event.type === 'stderr') {
      const piece = { stream: event.type, text: event.data }
      setPieces((before) => trim([...before, piece]))
    } else if (event.type === 'exit') setOutcome(describeExit(event))
    else if (event.type === 'error') setOutcome(event.error)
  }

  async function run(event: FormEvent) {
    event.preventDefault()
    setPieces([])
    setOutcome(null)
    setIsRunning(true)
    caller.current = new AbortController()
    try {
      const response = await fetch(`/api/dgx/exec/${connectionId}`, {
        method: 'POST',
        headers: { accept: 'application/x-ndjson', 'content-type': 'application/json' },
        body: JSON.stringify({ command, timeout_ms: 3_600_000 }),
        signal: caller.current.signal,
      })
      if (!response.ok || !response.body) {
        const failure = (await response.json()) as { error: string }
        setOutcome(failure.error)
        return
      }
      for await (const line of lines(response.body)) take(JSON.parse(line) as Event)
    } catch (error) {
      setOutcome(
        (error as Error).name === 'AbortError'
          ? 'Stopped; the remote processes were ended.'
          : 'The app does not answer. Is it still running?',
      )
    } finally {
      setIsRunning(false)
    }
  }

  return (
    <div className="flex flex-col gap-3">
      <form onSubmit={run} className="flex flex-wrap gap-2">
        <input
          aria-label="Command"
          value={command}
          onChange={(event) => setCommand(event.target.value)}
          placeholder="nvidia-smi"
          className={`${inputClass} min-w-0 flex-1 basis-48 font-mono`}
          spellCheck={false}
          autoComplete="off"
        />
        {isRunning ? (
          // Keys of their own: one element turned from Stop into Run would submit the form at once.
          <Button key="stop" onClick={() => caller.current?.abort()}>
            Stop
          </Button>
        ) : (
          <Button key="run" type="submit" kind="primary" disabled={command.trim() === ''}>
            Run
          </Button>
        )}
      </form>
      {(pieces.length > 0 || isRunning) && (
        <section
          aria-label="Output"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
          tabIndex={0}
          className="max-h-96 overflow-auto rounded-md bg-sunken p-3"
        >
          <pre className="whitespace-pre-wrap break-all font-mono text-xs">
            {pieces.map(({ stream, text }, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: pieces only ever grow at the end.
              <span key={i} className={stream === 'stderr' ? 'text-bad' : undefined}>
                {text}
              </span>
            ))}
          </pre>
        </section>
      )}
      <p role="status" className="text-soft text-xs">
        {isRunning ? 'Running …' : outcome}
      </p>
    </div>
  )
}

function describeExit({
  code,
  signal,
  timed_out,
  duration_ms,
}: Extract<Event, { type: 'exit' }>): string {
  const took = `after ${(duration_ms / 1000).toFixed(1)} s`
  if (timed_out) return `Stopped by its timeout ${took}`
  return signal ? `Ended by signal ${signal} ${took}` : `Exit code ${code} ${took}`
}

function trim(pieces: Piece[]): Piece[] {
  let length = pieces.reduce((sum, { text }) => sum + text.length, 0)
  let first = 0
  while (length > MAX_CHARS && first < pieces.length - 1) {
    length -= pieces[first]?.text.length ?? 0
    first += 1
  }
  return first === 0 ? pieces : pieces.slice(first)
}

async function* lines(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  for (;;) {
    const { value, done } = await reader.read()
    if (done) return
    const parts = (rest + decoder.decode(value, { stream: true })).split('\n')
    rest = parts.pop() ?? ''
    yield* parts
  }
}
