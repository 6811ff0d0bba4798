import { Button } from '../ui/button'
import type { PastCommand } from './history'

/** Past commands, to be run again by a click. */
export function HistoryList({
  past,
  isBusy,
  onRun,
  onClear,
}: {
  past: readonly PastCommand[]
  isBusy: boolean
  onRun: (entry: PastCommand) => void
  onClear: () => void
}) {
  if (past.length === 0) return null
  return (
    <details>
      <summary className="cursor-pointer py-1 text-soft text-xs">
        History: {past.length} {past.length === 1 ? 'command' : 'commands'}, kept in this browser
      </summary>
      <div className="mt-2 flex flex-col items-start gap-2">
        <ul aria-label="Past commands" className="max-h-56 w-full overflow-y-auto">
          {past.map(({ command, cwd }) => (
            <li key={`${cwd}\n${command}`}>
              <button
                type="button"
                disabled={isBusy}
                onClick={() => onRun({ command, cwd })}
                className="min-h-9 w-full rounded-md px-2 py-1.5 text-left font-mono text-xs hover:bg-sunken disabled:opacity-50"
              >
                <span className="line-clamp-2 break-all">{command}</span>
                {cwd !== '' && <span className="break-all text-soft">in {cwd}</span>}
              </button>
            </li>
          ))}
        </ul>
        <Button kind="quiet" onClick={onClear}>
          Clear history
        </Button>
      </div>
    </details>
  )
}
