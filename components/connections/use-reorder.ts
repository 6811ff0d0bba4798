'use client'

import { useRouter } from 'next/navigation'
import { type PointerEvent, useRef, useState } from 'react'
import { callApi } from '../api'
import { toast } from '../ui/toast'
import { type Box, dropPlace, moved, ordered } from './order'

type Drag = { from: number; to: number; by: number; boxes: readonly Box[]; startY: number }

/**
 * A list that the person puts in order, by dragging a line or moving it by steps. What was moved
 * shows at once, and goes back when the server refuses it.
 */
export function useReorder<T extends { id: string; name: string }>(items: readonly T[]) {
  const router = useRouter()
  /** Wanted by the person and not yet in what the server drew. */
  const [wanted, setWanted] = useState<readonly string[] | null>(null)
  const [drag, setDrag] = useState<Drag | null>(null)
  const [said, setSaid] = useState('')
  const list = useRef<HTMLUListElement>(null)
  const shown = wanted ? ordered(items, wanted) : items

  async function move(from: number, to: number) {
    const target = Math.max(0, Math.min(shown.length - 1, to))
    const item = shown[from]
    if (!item || target === from) return
    const ids = moved(shown, from, target).map(({ id }) => id)
    setWanted(ids)
    setSaid(`${item.name} is now ${target + 1} of ${shown.length}`)
    const result = await callApi('POST', 'connections/reorder', { ids })
    if (!result.ok) {
      setWanted(null)
      toast({ title: 'The order was not kept', description: result.failure.error, tone: 'bad' })
    }
    router.refresh()
  }

  const isDragged = (index: number) => drag?.from === index
  /** How far a line stands from its place while another is dragged past it, in pixels. */
  function shiftOf(index: number): number {
    if (!drag) return 0
    if (isDragged(index)) return drag.by
    const height = drag.boxes[drag.from]?.height ?? 0
    if (index > drag.from && index <= drag.to) return -height
    return index < drag.from && index >= drag.to ? height : 0
  }

  const handle = (index: number) => ({
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (event.button !== 0 || !list.current) return
      event.currentTarget.setPointerCapture(event.pointerId)
      const boxes = [...list.current.children].map((line) => {
        const { top, height } = line.getBoundingClientRect()
        return { top, height }
      })
      setDrag({ from: index, to: index, by: 0, boxes, startY: event.pageY })
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      // By the page, not the window: it may be scrolled meanwhile.
      const { pageY } = event
      setDrag((before) => {
        if (!before) return before
        const by = pageY - before.startY
        return { ...before, by, to: dropPlace(before.boxes, before.from, by) }
      })
    },
    onPointerUp: () => {
      setDrag(null)
      if (drag) void move(drag.from, drag.to)
    },
    onPointerCancel: () => setDrag(null),
    onKeyDown: (event: { key: string; preventDefault(): void }) => {
      if (event.key === 'Escape' && drag) return setDrag(null)
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key]
      if (!step) return
      event.preventDefault()
      void move(index, index + step)
    },
  })

  return { shown, list, move, handle, shiftOf, isDragged, isDragging: drag !== null, said }
}
