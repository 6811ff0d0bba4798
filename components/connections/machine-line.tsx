'use client'

import {
  ArrowDown,
  ArrowUp,
  ArrowUpToLine,
  CircleAlert,
  Ellipsis,
  GripVertical,
  KeyRound,
  Pencil,
  ShieldCheck,
  SquareTerminal,
  Trash2,
} from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { type ComponentProps, useEffect, useRef, useState } from 'react'
import { useConnection } from '../live/use-live'
import { freeGpusOf, modelsOf } from '../machines/gpu-summary'
import { useIsStale } from '../overview/stale-note'
import { useWatched } from '../overview/use-watched'
import { ReadOnlyBadge } from '../safety/read-only-badge'
import { Button } from '../ui/button'
import { cn } from '../ui/cn'
import { IconButton } from '../ui/icon-button'
import { Menu, MenuItem, MenuSeparator } from '../ui/menu'
import { ConnectionStatus } from '../ui/status'
import { TimeAgo } from '../ui/time'
import { ConnectButton } from './connect-button'
import { ConnectingDialogs } from './connecting-dialogs'
import { ConnectionForm, DeleteMachine } from './dialogs'
import type { ListedMachine } from './machine-lines'
import { SampleAge } from './sample-age'
import { needOf, useConnecting } from './use-connecting'

const NO_SAMPLES: [] = []
/** Failures that a change of the record mends. */
const MENDED_BY_EDIT =
  /^(ssh_key_|ssh_auth_failed|ssh_refused|ssh_unreachable|ssh_protocol_error|invalid_request)/

/** One machine: how it is, what it has, and all that can be done with its connection. */
export function MachineLine({
  machine,
  index,
  count,
  handle,
  onMove,
  shift,
  isDragged,
  isDragging,
}: {
  machine: ListedMachine
  index: number
  count: number
  handle: ComponentProps<'button'>
  onMove: (to: number) => void
  /** From its place, in pixels, while a line is dragged. */
  shift: number
  isDragged: boolean
  isDragging: boolean
}) {
  const { connection } = machine
  const router = useRouter()
  const [open, setOpen] = useState<'edit' | 'delete' | null>(null)
  const connecting = useConnecting()
  const { status, last_error } = useConnection(connection.id, connection)
  const { ref, metrics } = useWatched(connection.id, { ...machine, samples: NO_SAMPLES })
  const grip = useFocusKept(index)
  const error = connecting.failure ?? (status === 'connected' ? null : last_error)
  const need = needOf(error?.code)
  const isOn = status === 'connected' || status === 'reconnecting'
  // What is being tried again may pass by itself.
  const isPassing = status === 'reconnecting' && connecting.failure === null
  const close = () => {
    setOpen(null)
    router.refresh()
  }
  return (
    <li
      ref={ref as React.RefObject<HTMLLIElement | null>}
      style={shift === 0 ? undefined : { transform: `translateY(${shift}px)` }}
      className={cn(
        'relative bg-raised',
        isDragging && !isDragged && 'transition-transform',
        isDragged && 'z-10 rounded-md shadow-lg',
      )}
    >
      <div className="grid grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-3 gap-y-2 py-3 pr-3 pl-1 lg:grid-cols-[auto_minmax(0,5fr)_minmax(0,4fr)_minmax(0,3fr)_10rem]">
        <button
          {...handle}
          ref={grip}
          type="button"
          aria-label={`Move ${connection.name}: drag, or arrow keys`}
          title="Drag, or focus and press the arrow keys"
          className="grid h-10 w-7 cursor-grab touch-none place-items-center rounded-md text-soft hover:bg-sunken hover:text-ink active:cursor-grabbing pointer-coarse:w-10"
        >
          <GripVertical aria-hidden="true" className="size-4" />
        </button>
        <div className="min-w-0">
          <div className="flex flex-wrap items-baseline gap-x-3">
            <Link
              href={`/connections/${connection.id}`}
              className="truncate font-semibold text-base hover:underline"
            >
              {connection.name}
            </Link>
            <ConnectionStatus status={status} />
            {connection.read_only && <ReadOnlyBadge />}
          </div>
          <p className="truncate font-mono text-soft text-xs">
            {connection.username}@{connection.hostname}
            {connection.port === 22 ? '' : `:${connection.port}`}
          </p>
        </div>
        <Gpus isOn={isOn} isAway={status === 'reconnecting'} metrics={metrics} />
        <Seen machine={machine} isOn={isOn} metrics={metrics} />
        <div className="col-start-3 row-start-1 flex items-center justify-end gap-1.5 lg:col-start-5">
          <ConnectButton
            connection={connection}
            status={status}
            connecting={connecting}
            size="sm"
            kind="plain"
          />
          <Menu
            trigger={
              <IconButton
                size="sm"
                label={`More about ${connection.name}`}
                icon={<Ellipsis aria-hidden="true" />}
              />
            }
          >
            {isOn && !connection.read_only && (
              <MenuItem icon={<SquareTerminal />} href={`/connections/${connection.id}/terminal`}>
                Open a terminal
              </MenuItem>
            )}
            <MenuItem icon={<Pencil />} onClick={() => setOpen('edit')}>
              Edit
            </MenuItem>
            <MenuItem icon={<ShieldCheck />} href={`/connections/${connection.id}/safety`}>
              Safety
            </MenuItem>
            {need?.kind === 'trust' && (
              <MenuItem icon={<KeyRound />} onClick={() => connecting.ask(connection, need)}>
                Compare the host key
              </MenuItem>
            )}
            <MenuSeparator />
            <MenuItem icon={<ArrowUp />} disabled={index === 0} onClick={() => onMove(index - 1)}>
              Move up
            </MenuItem>
            <MenuItem
              icon={<ArrowDown />}
              disabled={index === count - 1}
              onClick={() => onMove(index + 1)}
            >
              Move down
            </MenuItem>
            <MenuItem icon={<ArrowUpToLine />} disabled={index === 0} onClick={() => onMove(0)}>
              Move to the top
            </MenuItem>
            <MenuSeparator />
            <MenuItem icon={<Trash2 />} tone="bad" onClick={() => setOpen('delete')}>
              Delete
            </MenuItem>
          </Menu>
        </div>
      </div>
      {error && (
        <div
          className={cn(
            'flex flex-wrap items-start justify-between gap-x-3 gap-y-2 border-line border-t py-2 pr-3 pl-4 lg:pl-11',
            isPassing ? 'bg-warn-surface' : 'bg-bad-surface',
          )}
        >
          <p className="flex min-w-0 max-w-prose flex-1 basis-64 gap-2 text-xs">
            <CircleAlert
              aria-hidden="true"
              className={cn('mt-px size-3.5 shrink-0', isPassing ? 'text-warn' : 'text-bad')}
            />
            <span className="min-w-0 break-words">
              {'error' in error ? error.error : error.message}
            </span>
          </p>
          {need ? (
            <Button size="sm" onClick={() => connecting.ask(connection, need)}>
              {need.kind === 'trust'
                ? 'Compare the host key'
                : need.kind === 'secret' && need.code === 'ssh_password_required'
                  ? 'Enter the password'
                  : 'Enter the passphrase'}
            </Button>
          ) : (
            MENDED_BY_EDIT.test(error.code) && (
              <Button size="sm" onClick={() => setOpen('edit')}>
                Check its settings
              </Button>
            )
          )}
        </div>
      )}
      {open === 'edit' && <ConnectionForm connection={connection} onClose={close} />}
      {open === 'delete' && <DeleteMachine connection={connection} onClose={close} />}
      <ConnectingDialogs connecting={connecting} />
    </li>
  )
}

/** A moved line is another place in the document, and the browser lets go of the focus there. */
function useFocusKept(index: number) {
  const ref = useRef<HTMLButtonElement>(null)
  const hadFocus = useRef(false)
  useEffect(() => {
    const { current } = ref
    const note = () => {
      hadFocus.current = document.activeElement === current
    }
    document.addEventListener('focusin', note)
    return () => document.removeEventListener('focusin', note)
  }, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new place is what it is about.
  useEffect(() => {
    if (hadFocus.current && document.activeElement === document.body) ref.current?.focus()
  }, [index])
  return ref
}

type Now = { isOn: boolean; metrics: ListedMachine['metrics'] }

function Gpus({ isOn, isAway, metrics }: Now & { isAway: boolean }) {
  const place = 'col-span-2 col-start-2 min-w-0 text-xs lg:col-span-1 lg:col-start-3'
  // While it is away and nothing is known, its error says enough.
  if (!isOn || (!metrics && isAway)) return null
  if (!metrics || metrics.gpus.length === 0) {
    return (
      <p className={cn(place, metrics ? 'text-warn' : 'text-soft')}>
        {metrics ? (metrics.errors[0]?.message ?? 'No GPU was found.') : 'Waiting for a sample'}
      </p>
    )
  }
  return (
    <p className={place}>
      <span className="block truncate font-medium">{modelsOf(metrics.gpus)}</span>
      <span className="text-soft">
        {freeGpusOf(metrics).length} of {metrics.gpus.length} free
      </span>
    </p>
  )
}

function Seen({ machine, isOn, metrics }: Now & { machine: ListedMachine }) {
  const { last_connected_at, sample_interval_ms } = machine.connection
  const isStale = useIsStale(metrics, sample_interval_ms)
  return (
    <p className="col-span-2 col-start-2 text-soft text-xs lg:col-span-1 lg:col-start-4">
      {isOn && metrics ? (
        <SampleAge at={metrics.recorded_at} isStale={isStale} />
      ) : last_connected_at ? (
        <>
          Last connected <TimeAgo at={last_connected_at} />
        </>
      ) : (
        'Never connected'
      )}
    </p>
  )
}
