import { CommandLine } from '../ui/empty-state'
import { Notice } from '../ui/notice'

/** A new key, and the lines that put it to use. */
export function KeyShown({ name, secret }: { name: string; secret: string }) {
  const { origin } = window.location
  return (
    <div className="flex flex-col gap-4">
      <Notice tone="warning" title="Copy the key now: it is not shown again">
        Only its hash is kept. If it is lost, revoke {name} and create another.
      </Notice>
      <Line label="Key" text={secret} />
      <Line
        label="Claude Code"
        text={`claude mcp add --transport http dgx ${origin}/mcp --header "Authorization: Bearer ${secret}"`}
      />
      <Line label="curl" text={`curl -H "X-API-Key: ${secret}" ${origin}/api/dgx/status`} />
    </div>
  )
}

function Line({ label, text }: { label: string; text: string }) {
  return (
    <figure className="flex flex-col gap-1">
      <figcaption className="font-medium">{label}</figcaption>
      <CommandLine>{text}</CommandLine>
    </figure>
  )
}
