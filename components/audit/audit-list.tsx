import { AppWindow, Bot, Braces, Cpu, type LucideIcon, SquareTerminal } from 'lucide-react'
import type { Route } from 'next'
import Link from 'next/link'
import type { AuditEntry } from '@/lib/dgx/audit/answers'
import { milliseconds, UNKNOWN } from '../format'
import { Badge } from '../ui/badge'
import { TimeAgo } from '../ui/time'
import { outcomeOf, sentenceOf } from './sentences'

const HEAD = ['When', 'Who', 'What', 'Where', 'Outcome', 'Took']

/** Entries of the audit trail; on a narrow screen each row is a card. */
export function AuditList({ entries }: { entries: AuditEntry[] }) {
  return (
    <table className="w-full border-collapse text-left max-md:block">
      <caption className="sr-only">Audit trail</caption>
      <thead className="max-md:hidden">
        <tr className="text-soft text-xs">
          {HEAD.map((text) => (
            <th
              key={text}
              scope="col"
              className={`h-8 border-line border-b px-3 font-medium first:pl-4 last:pr-4 ${text === 'Took' ? 'text-right' : ''}`}
            >
              {text}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="max-md:flex max-md:flex-col [&>tr:last-child]:border-b-0">
        {entries.map((entry) => (
          <AuditRow key={entry.id} entry={entry} />
        ))}
      </tbody>
    </table>
  )
}

function AuditRow({ entry }: { entry: AuditEntry }) {
  const { text, tone } = outcomeOf(entry)
  const { connection_id, connection_name } = entry
  return (
    <tr className="group/row border-line border-b align-top hover:bg-sunken/60 max-md:grid max-md:grid-cols-[minmax(0,1fr)_auto] max-md:gap-x-3 max-md:gap-y-1.5 max-md:px-4 max-md:py-3 md:[&>td:first-child]:pl-4 md:[&>td:last-child]:pr-4 md:[&>td]:px-3 md:[&>td]:py-2">
      <td className="whitespace-nowrap text-soft max-md:order-3 max-md:text-xs">
        <TimeAgo at={entry.at} />
      </td>
      <td className="max-md:order-4 max-md:text-right max-md:text-xs">
        <Who entry={entry} />
      </td>
      <td className="min-w-0 max-md:order-1 max-md:has-[details[open]]:col-span-2 md:w-full md:max-w-0">
        <What entry={entry} />
      </td>
      <td className="whitespace-nowrap max-md:hidden">
        {connection_name ? (
          <Link
            href={`/audit?connection_id=${connection_id ?? connection_name}` as Route}
            title={`Only ${connection_name}`}
            className="hover:underline"
          >
            {connection_name}
          </Link>
        ) : (
          UNKNOWN
        )}
      </td>
      <td className="max-md:order-2 max-md:text-right max-md:group-has-[details[open]]/row:order-5 max-md:group-has-[details[open]]/row:text-left">
        <Badge tone={tone}>{text}</Badge>
      </td>
      <td className="whitespace-nowrap text-right text-soft tabular-nums max-md:hidden">
        {milliseconds(entry.duration_ms)}
      </td>
    </tr>
  )
}

const LOOKS: Record<AuditEntry['caller_via'], { Icon: LucideIcon; text: string }> = {
  browser: { Icon: AppWindow, text: 'Browser' },
  api: { Icon: Braces, text: 'API' },
  cli: { Icon: SquareTerminal, text: 'Command line' },
  mcp: { Icon: Bot, text: 'Agent' },
  system: { Icon: Cpu, text: 'This app' },
}

function Who({ entry: { caller_via, key_name, client } }: { entry: AuditEntry }) {
  const { Icon, text } = LOOKS[caller_via]
  // An agent's own name says more than that it is one.
  const name = key_name ?? (caller_via === 'mcp' ? client : null)
  return (
    <span
      className="inline-flex max-w-40 items-center gap-1.5"
      title={client ? `${text}: ${client}` : text}
    >
      <Icon aria-hidden="true" className="size-3.5 shrink-0 text-soft" />
      <span className="truncate">{name ?? text}</span>
      {name && <span className="sr-only">({text})</span>}
    </span>
  )
}

function What({ entry }: { entry: AuditEntry }) {
  const { verb, object, command } = sentenceOf(entry)
  return (
    <>
      <p className="break-words">
        {verb}{' '}
        {object?.href ? (
          <Link href={object.href as Route} className="font-medium hover:underline">
            {object.text}
          </Link>
        ) : (
          <span className="font-medium">{object?.text}</span>
        )}
      </p>
      <details className="group">
        <summary
          className={`cursor-pointer truncate rounded-sm text-soft text-xs leading-5 hover:text-ink ${command ? 'font-mono' : ''}`}
        >
          {command ?? 'Details'}
        </summary>
        <Facts entry={entry} />
      </details>
    </>
  )
}

/** All that is known, for who looks closer. */
function Facts({ entry }: { entry: AuditEntry }) {
  const { at, action, client, detail, outcome, duration_ms, connection_name, request_id } = entry
  const facts = [
    ['Time', at.replace('T', ' ').replace('Z', ' UTC')],
    ['Action', action],
    ['Client', client],
    ['Machine', connection_name],
    ['Outcome', outcome],
    ['Took', duration_ms === null ? null : milliseconds(duration_ms)],
    ['Request', request_id],
  ] as const
  return (
    <div className="mt-2 flex flex-col gap-2 rounded-md border border-line bg-sunken p-3 text-xs">
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">
        {facts.flatMap(([name, value]) =>
          value === null
            ? []
            : [
                <dt key={name} className="text-soft">
                  {name}
                </dt>,
                <dd key={`${name} value`} className="break-all font-mono">
                  {value}
                </dd>,
              ],
        )}
      </dl>
      {detail && (
        <pre className="whitespace-pre-wrap break-all border-line border-t pt-2 font-mono">
          {JSON.stringify(detail, null, 2)}
        </pre>
      )}
    </div>
  )
}
