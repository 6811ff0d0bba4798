'use client'

import { useLayoutEffect, useRef } from 'react'
import type { Output } from './output'

/** A command's output as text, nothing else. Follows the end until somebody scrolls up. */
export function OutputView({ output }: { output: Output }) {
  const region = useRef<HTMLElement>(null)
  const isAtEnd = useRef(true)
  // biome-ignore lint/correctness/useExhaustiveDependencies: new output moves the end.
  useLayoutEffect(() => {
    if (isAtEnd.current && region.current) region.current.scrollTop = region.current.scrollHeight
  }, [output])
  const hasErrors = output.pieces.some(({ stream }) => stream === 'stderr')
  return (
    <div className="flex flex-col gap-1">
      {output.cutChars > 0 && (
        <p className="text-soft text-xs">
          The first {output.cutChars.toLocaleString('en')} characters are not kept on this page.
        </p>
      )}
      <section
        ref={region}
        aria-label="Output"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
        tabIndex={0}
        onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
          isAtEnd.current = scrollHeight - scrollTop - clientHeight < 24
        }}
        className="max-h-96 overflow-auto rounded-md bg-sunken p-3"
      >
        <pre className="whitespace-pre-wrap break-all font-mono text-xs">
          {output.pieces.map(({ key, stream, text }) =>
            stream === 'stderr' ? (
              <span key={key} className="-ml-2 block border-bad border-l-4 pl-2 text-bad">
                <span className="sr-only select-none">stderr: </span>
                {text}
              </span>
            ) : (
              <span key={key}>{text}</span>
            ),
          )}
        </pre>
      </section>
      {hasErrors && (
        <p className="text-soft text-xs">Lines with a bar at their left came on stderr.</p>
      )}
    </div>
  )
}
