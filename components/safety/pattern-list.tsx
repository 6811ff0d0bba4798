'use client'

import { CircleAlert, Plus, X } from 'lucide-react'
import { type ReactNode, useId } from 'react'
import { Button } from '../ui/button'
import { inputClass } from '../ui/field'
import { IconButton } from '../ui/icon-button'
import { type Pattern, type Preset, patternProblem, toPatterns } from './patterns'

/** Patterns, one a line; those of the ready set are told in words. */
export function PatternList({
  title,
  hint,
  patterns,
  presets,
  action,
  onChange,
}: {
  title: string
  hint: string
  patterns: readonly Pattern[]
  presets: readonly Preset[]
  action?: ReactNode
  onChange: (patterns: Pattern[]) => void
}) {
  const hintId = useId()
  return (
    <fieldset className="flex min-w-0 flex-col gap-2" aria-describedby={hintId}>
      <legend className="font-medium">{title}</legend>
      <p id={hintId} className="text-soft text-xs">
        {hint}
      </p>
      {patterns.length > 0 && (
        <ul className="flex flex-col gap-2">
          {patterns.map((pattern, index) => (
            <PatternLine
              key={pattern.id}
              name={`${title}, pattern ${index + 1}`}
              text={pattern.text}
              purpose={presets.find((preset) => preset.pattern === pattern.text)?.description}
              onChange={(text) =>
                onChange(patterns.map((each) => (each === pattern ? { ...each, text } : each)))
              }
              onRemove={() => onChange(patterns.filter((each) => each !== pattern))}
            />
          ))}
        </ul>
      )}
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => onChange([...patterns, ...toPatterns([''])])}>
          <Plus aria-hidden="true" />
          Add a pattern
        </Button>
        {action}
      </div>
    </fieldset>
  )
}

function PatternLine({
  name,
  text,
  purpose,
  onChange,
  onRemove,
}: {
  name: string
  text: string
  purpose: string | undefined
  onChange: (text: string) => void
  onRemove: () => void
}) {
  const id = useId()
  const problem = patternProblem(text)
  const remove = (
    <IconButton
      label={`Remove ${purpose ?? name}`}
      icon={<X aria-hidden="true" />}
      onClick={onRemove}
    />
  )
  if (purpose) {
    return (
      <li className="flex items-center gap-1" title={text}>
        <span className="min-w-0 flex-1 rounded-md border border-line bg-sunken px-2.5 py-1.5">
          {purpose}
        </span>
        {remove}
      </li>
    )
  }
  return (
    <li className="flex items-start gap-1">
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <input
          aria-label={name}
          value={text}
          onChange={(event) => onChange(event.target.value)}
          aria-invalid={problem ? true : undefined}
          aria-describedby={problem ? id : undefined}
          placeholder="\bdocker\s+rm\b"
          className={`${inputClass} font-mono text-xs`}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
        />
        {problem && (
          <p id={id} role="alert" className="flex gap-1.5 text-bad text-xs">
            <CircleAlert aria-hidden="true" className="mt-px size-3.5 shrink-0" />
            <span className="min-w-0 break-words">{problem}</span>
          </p>
        )}
      </div>
      {remove}
    </li>
  )
}
