'use client'

import { ArrowDownToLine, ChevronDown, ChevronUp, Download, WrapText } from 'lucide-react'
import {
  type KeyboardEvent,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import { liveStore } from '../../live/live-store'
import { Button, buttonClass } from '../../ui/button'
import { inputClass } from '../../ui/field'
import { IconButton } from '../../ui/icon-button'
import { Notice } from '../../ui/notice'
import { Segmented } from '../../ui/segmented'
import { Line, LogLines } from './log-lines'
import { type LogMode, LogReader } from './log-reader'
import type { LogLine, LogStream } from './log-text'
import { useLogSearch } from './use-log-search'

/** This close to an edge the next part is read. */
const NEAR_PX = 900
const AT_END_PX = 24

/** What lines of the log tell, and where the first of them is. */
type LogMark = { label: string; count: number; line: string; stream: LogStream; offset: number }

/** The log of one attempt, live: smooth at any length, because only a window of it is held. */
export function LogViewer({
  jobId,
  attempt,
  isLive,
  marks,
}: {
  jobId: string
  attempt: number
  /** The run goes on, so that its log may grow. */
  isLive: boolean
  marks: readonly LogMark[]
}) {
  const reader = useMemo(() => new LogReader({ jobId, attempt }), [jobId, attempt])
  const state = useSyncExternalStore(
    reader.listen,
    () => reader.state,
    () => reader.state,
  )
  const { mode, text, start, end, size } = state
  const [isWrapped, setWrapped] = useState(true)
  const [isFollowing, setFollowing] = useState(true)
  const [current, setCurrent] = useState<number | null>(null)
  const region = useRef<HTMLElement>(null)
  /** What the next drawing keeps in place: a line, at its distance from the top. */
  const anchor = useRef<{ id: string; top: number } | null>(null)
  const toMiddle = useRef(false)

  useEffect(() => {
    void reader.open('both')
    return () => reader.close()
  }, [reader])
  useEffect(() => {
    if (isLive) return liveStore().followLog(jobId, reader.take)
    void reader.finish()
  }, [reader, jobId, isLive])

  const goTo = useCallback(
    async (place: { stream: LogStream; offset: number }) => {
      setFollowing(false)
      anchor.current = null
      const line = await reader.goTo(place.stream, place.offset)
      toMiddle.current = true
      setCurrent(line)
    },
    [reader],
  )
  const search = useLogSearch({ jobId, attempt }, goTo)

  // biome-ignore lint/correctness/useExhaustiveDependencies: what was drawn decides, not its cause.
  useLayoutEffect(() => {
    const view = region.current
    if (!view) return
    if (toMiddle.current && current !== null) {
      const line = lineOf(view, String(current))
      if (line) {
        view.scrollTop += line.getBoundingClientRect().top - view.getBoundingClientRect().top
        view.scrollTop -= view.clientHeight / 3
        toMiddle.current = false
      }
    } else if (isFollowing) view.scrollTop = view.scrollHeight
    else if (anchor.current) {
      const line = lineOf(view, anchor.current.id)
      if (line) view.scrollTop += line.getBoundingClientRect().top - anchor.current.top
    }
    anchor.current = firstLineOf(view)
  }, [text, current, isFollowing, isWrapped])

  function onScroll() {
    const view = region.current
    if (!view) return
    anchor.current = firstLineOf(view)
    const below = view.scrollHeight - view.scrollTop - view.clientHeight
    const isAtEnd = below < AT_END_PX && end >= size
    if (isAtEnd !== isFollowing) {
      reader.follow(isAtEnd)
      setFollowing(isAtEnd)
    }
    if (view.scrollTop < NEAR_PX) void reader.readEarlier()
    if (below < NEAR_PX && !isAtEnd) void reader.readLater()
  }

  function toEnd() {
    setCurrent(null)
    setFollowing(true)
    if (end < size) void reader.open(mode)
    else reader.follow(true)
  }

  function change(next: LogMode) {
    setCurrent(null)
    setFollowing(true)
    void reader.open(next)
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === 'End') toEnd()
    else if (event.key === 'Home' && mode !== 'both') void goTo({ stream: mode, offset: 0 })
    else return
    event.preventDefault()
  }

  const isEmpty = text.lines.length === 0 && !text.open.stdout && !text.open.stderr
  const open = (['stdout', 'stderr'] as const).flatMap((stream): LogLine[] => {
    const line = text.open[stream]
    return line ? [{ id: stream === 'stdout' ? -1 : -2, stream, ...line }] : []
  })
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <Segmented
          label="Stream"
          value={mode}
          onChange={change}
          options={[
            { value: 'both', label: 'Both' },
            { value: 'stdout', label: 'stdout' },
            { value: 'stderr', label: 'stderr' },
          ]}
        />
        <search className="flex min-w-0 flex-1 basis-64 items-center gap-1">
          <input
            type="search"
            aria-label="Search the log"
            placeholder="Search the whole log"
            className={`${inputClass} max-w-80`}
            value={search.query}
            maxLength={500}
            onChange={(event) => search.type(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return
              event.preventDefault()
              void search.go(mode, event.shiftKey ? -1 : 1)
            }}
          />
          <IconButton
            label="Previous match"
            size="sm"
            disabled={search.query === ''}
            icon={<ChevronUp aria-hidden="true" />}
            onClick={() => search.go(mode, -1)}
          />
          <IconButton
            label="Next match"
            size="sm"
            disabled={search.query === ''}
            icon={<ChevronDown aria-hidden="true" />}
            onClick={() => search.go(mode, 1)}
          />
          <span role="status" className="whitespace-nowrap text-soft text-xs tabular-nums">
            {search.said}
          </span>
        </search>
        <IconButton
          label="Wrap long lines"
          size="sm"
          aria-pressed={isWrapped}
          className={isWrapped ? 'bg-sunken text-ink' : ''}
          icon={<WrapText aria-hidden="true" />}
          onClick={() => setWrapped(!isWrapped)}
        />
        <Button size="sm" aria-pressed={isFollowing} onClick={toEnd}>
          <ArrowDownToLine aria-hidden="true" />
          {isFollowing ? (state.hasEnded ? 'At the end' : 'Following') : 'Go to the end'}
        </Button>
        {(['stdout', 'stderr'] as const)
          .filter((stream) => mode === 'both' || mode === stream)
          .map((stream) => (
            <a
              key={stream}
              href={`/api/dgx/jobs/${jobId}/logs/download?stream=${stream}&attempt=${attempt}`}
              className={buttonClass('quiet', 'sm')}
              download
              aria-label={`Download ${stream}`}
            >
              <Download aria-hidden="true" />
              {stream}
            </a>
          ))}
      </div>
      {marks.length > 0 && (
        <ul className="flex flex-col gap-1.5" aria-label="Found in the log">
          {marks.map(({ label, count, line, stream, offset }) => (
            <li key={label} className="flex min-w-0 max-w-full items-center gap-2">
              <Button size="sm" kind="danger" onClick={() => goTo({ stream, offset })}>
                {label.replaceAll('_', ' ')}
                {count > 1 && ` × ${count}`}
              </Button>
              <code className="truncate font-mono text-soft text-xs">{line}</code>
            </li>
          ))}
        </ul>
      )}
      {search.failure && <Notice tone="error" title={search.failure.error} />}
      {state.failure && (
        <Notice
          tone={state.failure.code === 'log_gone' ? 'warning' : 'error'}
          title={state.failure.error}
        >
          {state.failure.code === 'log_gone' && <KeptText data={state.failure.data} />}
        </Notice>
      )}
      {(state.isFromCache || state.isAway) && (
        <Notice tone="warning" title="Its machine is away">
          {state.isAway && !state.isFromCache
            ? 'The log goes on when the machine can be reached again.'
            : 'This is the last part of the log that was kept here. The rest is on the machine.'}
        </Notice>
      )}
      <section
        ref={region}
        aria-label="Log"
        aria-busy={state.isLoading}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
        tabIndex={0}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
        className="relative max-h-[min(36rem,70dvh)] min-h-24 overflow-auto overscroll-contain rounded-md border border-line bg-surface py-2 font-mono text-xs [overflow-anchor:none]"
      >
        {isEmpty ? (
          <p className="p-3 font-sans text-soft text-sm">{emptyText(state)}</p>
        ) : (
          <>
            {mode !== 'both' && start > 0 && (
              <p className="px-3 pb-2 text-center font-sans text-soft">Reading what is before…</p>
            )}
            <LogLines
              lines={text.lines}
              isWrapped={isWrapped}
              current={current}
              query={search.shown}
            />
            {open.map((line) => (
              <Line
                key={line.stream}
                line={{ ...line, text: line.text.replace(/\r$/, '') }}
                isWrapped={isWrapped}
                query={search.shown}
              />
            ))}
          </>
        )}
      </section>
      {mode === 'both' ? (
        <p className="text-soft text-xs">
          The end of stdout and then of stderr, and after them what comes as it comes. Lines with a
          bar at their left came on stderr. Choose one stream for the whole file.
        </p>
      ) : (
        <Position start={start} size={size} onGo={(offset) => goTo({ stream: mode, offset })} />
      )}
    </div>
  )
}

function emptyText({ isLoading, failure, hasEnded, mode }: LogReader['state']): string {
  if (isLoading) return 'Reading the log…'
  if (failure) return 'No log can be shown.'
  const what = mode === 'both' ? '' : ` on ${mode}`
  return hasEnded ? `It printed nothing${what}.` : `Nothing is printed${what} yet.`
}

/** Where in the file the window is, to be dragged anywhere. */
function Position({
  start,
  size,
  onGo,
}: {
  start: number
  size: number
  onGo: (offset: number) => void
}) {
  const [dragged, setDragged] = useState<number | null>(null)
  const go = () => {
    if (dragged !== null) onGo(dragged)
    setDragged(null)
  }
  return (
    <label className="flex flex-wrap items-center gap-3 text-soft text-xs">
      Position
      <input
        type="range"
        min={0}
        max={Math.max(1, size)}
        step={Math.max(1, Math.floor(size / 1000))}
        value={dragged ?? start}
        className="min-w-40 flex-1 accent-accent"
        onChange={(event) => setDragged(Number(event.target.value))}
        onPointerUp={go}
        onKeyUp={go}
        onBlur={go}
      />
      <span className="tabular-nums">
        {bytesText(dragged ?? start)} of {bytesText(size)}
      </span>
    </label>
  )
}

function bytesText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const power = bytes < 1 ? 0 : Math.min(4, Math.floor(Math.log2(bytes) / 10))
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`
}

/** What the app had kept of a log that is gone. */
function KeptText({ data }: { data: unknown }) {
  const kept = Object.entries((data ?? {}) as Record<string, { text?: string } | null>).filter(
    ([, part]) => part?.text,
  )
  if (kept.length === 0) return 'Nothing of it was kept here.'
  return kept.map(([stream, part]) => (
    <details key={stream} className="mt-1">
      <summary>The end of {stream}, as it was kept here</summary>
      <pre className="mt-1 max-h-80 overflow-auto whitespace-pre-wrap font-mono text-xs">
        {part?.text}
      </pre>
    </details>
  ))
}

const lineOf = (view: HTMLElement, id: string) =>
  view.querySelector<HTMLElement>(`[data-line="${id}"]`)

/** The first line in sight. */
function firstLineOf(view: HTMLElement): { id: string; top: number } | null {
  const { top } = view.getBoundingClientRect()
  for (const block of view.children) {
    if (block.getBoundingClientRect().bottom <= top) continue
    for (const line of block.children) {
      const box = line.getBoundingClientRect()
      const id = line.getAttribute('data-line')
      if (box.bottom > top && id) return { id, top: box.top }
    }
  }
  return null
}
