import { KeyRound } from 'lucide-react'
import type { ApiKey } from '@/lib/dgx/keys/answers'
import { number } from '../format'
import { Badge, type BadgeTone } from '../ui/badge'
import { Card } from '../ui/card'
import { EmptyState } from '../ui/empty-state'
import { Notice } from '../ui/notice'
import { Table } from '../ui/table'
import { TimeAgo } from '../ui/time'
import { KeyActions, NewKey } from './key-actions'

const TONES: Record<ApiKey['scope'], BadgeTone> = { read: 'plain', run: 'info', admin: 'warn' }

/** The keys that programs and agents come with; revoked ones stay to be looked up. */
export function ApiKeys({
  keys,
  isKeyNeeded,
}: {
  keys: readonly ApiKey[]
  /** Whether API_SERVER_KEY is set, so that nobody comes in without a key. */
  isKeyNeeded: boolean
}) {
  const valid = keys.filter(({ revoked_at }) => revoked_at === null)
  const revoked = keys.filter(({ revoked_at }) => revoked_at !== null)
  return (
    <Card title="API keys" actions={<NewKey />} flush>
      <div className="flex flex-col gap-3 p-4">
        <p className="max-w-prose text-soft">
          A key of its own for each program and agent: it can do only what its scope allows, and you
          can revoke it without touching the others.
        </p>
        {!isKeyNeeded && (
          <Notice tone="info" title="Programs on this computer may also come in without a key">
            Then they may do everything. Start the app with API_SERVER_KEY set, and everyone needs a
            key.
          </Notice>
        )}
        {valid.length === 0 && (
          <EmptyState title="No API key yet" icon={<KeyRound />}>
            <p>
              Create one here, or with <code className="font-mono text-ink">dgx keys create</code>.
            </p>
          </EmptyState>
        )}
      </div>
      {valid.length > 0 && (
        <ul aria-label="API keys" className="divide-y divide-line border-line border-t">
          {valid.map((key) => (
            <KeyLine key={key.id} of={key} />
          ))}
        </ul>
      )}
      {revoked.length > 0 && (
        <details className="border-line border-t">
          <summary className="cursor-pointer px-4 py-2.5 text-soft">
            {revoked.length} revoked
          </summary>
          <Table caption="Revoked API keys" head={['Name', 'Scope', 'Use', 'Revoked']}>
            {revoked.map((key) => (
              <tr key={key.id} className="text-soft">
                <th scope="row" className="min-w-28 font-normal">
                  <span className="break-words">{key.name}</span>
                  <span className="block font-mono text-xs">{key.prefix}…</span>
                </th>
                <td>{key.scope}</td>
                <td>
                  <LastUsed of={key} />
                </td>
                <td>
                  <TimeAgo at={key.revoked_at} />
                </td>
              </tr>
            ))}
          </Table>
        </details>
      )}
    </Card>
  )
}

/** In columns where there is room for them, else in lines. */
function KeyLine({ of: key }: { of: ApiKey }) {
  const { name, prefix, scope, rate_limit_per_minute: limit } = key
  return (
    <li className="flex flex-wrap items-center gap-x-6 gap-y-2 px-4 py-3">
      <div className="min-w-0 basis-full sm:flex-1 sm:basis-48">
        <p className="break-words font-medium">{name}</p>
        <p className="font-mono text-soft text-xs">{prefix}…</p>
      </div>
      <p className="flex items-center gap-2 sm:w-44">
        <Badge tone={TONES[scope]}>{scope}</Badge>
        <span className="text-soft text-xs tabular-nums">
          {limit === null ? 'no limit' : `${number(limit)} a minute`}
        </span>
      </p>
      <p className="text-soft text-xs sm:w-32">
        <LastUsed of={key} />
        <span className="block">
          created <TimeAgo at={key.created_at} />
        </span>
      </p>
      <KeyActions apiKey={key} />
    </li>
  )
}

function LastUsed({ of: { last_used_at } }: { of: ApiKey }) {
  return last_used_at ? (
    <>
      used <TimeAgo at={last_used_at} />
    </>
  ) : (
    'never used'
  )
}
