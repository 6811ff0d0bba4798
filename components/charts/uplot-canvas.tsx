'use client'

import { useEffect, useRef } from 'react'
import 'uplot/dist/uPlot.min.css'
import { TimeCanvas, type TimeCanvasProps } from './time-canvas'

/** React's end of a `TimeCanvas`: made once, then told what is new. */
export default function UplotCanvas(props: TimeCanvasProps) {
  const root = useRef<HTMLDivElement>(null)
  const canvas = useRef<TimeCanvas | null>(null)
  const first = useRef(props)
  useEffect(() => {
    if (!root.current) return
    canvas.current = new TimeCanvas(root.current, first.current)
    return () => {
      canvas.current?.destroy()
      canvas.current = null
    }
  }, [])
  useEffect(() => canvas.current?.update(props))
  return <div ref={root} className="h-full" />
}
