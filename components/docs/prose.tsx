import type { ReactNode } from 'react'

/** The part of Markdown that descriptions are written in: paragraphs, lists, `code`. */
export function Prose({ text }: { text: string }) {
  return text.split(/\n{2,}/).map((block) =>
    block.startsWith('- ') ? (
      <ul key={block} className="flex list-disc flex-col gap-1 pl-5">
        {block.split(/\n(?=- )/).map((item) => (
          <li key={item}>{inline(item.slice(2))}</li>
        ))}
      </ul>
    ) : (
      <p key={block}>{inline(block)}</p>
    ),
  )
}

/** Text with `code` in it. */
export function inline(text: string): ReactNode[] {
  return text.split(/(`[^`]+`)/).map((part, i) =>
    part.startsWith('`') ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move.
      <code key={i} className="break-words rounded-sm bg-sunken px-1 font-mono text-xs">
        {part.slice(1, -1)}
      </code>
    ) : (
      part
    ),
  )
}
