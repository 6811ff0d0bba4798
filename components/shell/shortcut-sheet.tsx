'use client'

import { Dialog } from '../ui/dialog'
import { Kbd } from '../ui/kbd'
import { SHORTCUTS } from './shortcuts'

export default function ShortcutSheet({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      <dl className="flex flex-col">
        {SHORTCUTS.map(({ keys, text }) => (
          <div
            key={text}
            className="flex items-center justify-between gap-4 border-line/60 border-b py-2 last:border-0"
          >
            <dt>{text}</dt>
            <dd className="flex gap-1">
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
