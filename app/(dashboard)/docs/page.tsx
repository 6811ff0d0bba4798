import type { Metadata } from 'next'
import Link from 'next/link'
import { describeApi } from '@/app/api/dgx/describe'
import { Method } from '@/components/docs/method'
import { Prose } from '@/components/docs/prose'
import { Card, PageHeader } from '@/components/ui/card'
import { operationsOf, sectionHref } from './operations'

export const metadata: Metadata = { title: 'API reference' }

/** Every operation by its section, made of the same document as `/api/dgx/openapi.json`. */
export default function DocsPage() {
  const { info, tags } = describeApi()
  return (
    <>
      <PageHeader title="API reference" note={info.summary}>
        <a
          href="/api/dgx/openapi.json"
          className="rounded-md border border-line px-3 py-1.5 font-medium hover:bg-sunken"
        >
          openapi.json
        </a>
      </PageHeader>
      <div className="flex max-w-prose flex-col gap-3">
        <Prose text={info.description} />
      </div>
      {tags.map(({ name, description }) => (
        <Card
          key={name}
          title={
            <Link href={sectionHref(name)} className="hover:underline">
              {name}
            </Link>
          }
          actions={<span className="text-soft">{description}</span>}
          flush
        >
          <ul className="divide-y divide-line">
            {operationsOf(name).map(({ method, path, operation }) => (
              <li key={operation.operationId}>
                <Link
                  href={sectionHref(name, operation.operationId)}
                  className="grid items-center gap-x-3 gap-y-0.5 px-4 py-2 hover:bg-sunken sm:grid-cols-[4.5rem_minmax(0,1fr)_minmax(0,1fr)]"
                >
                  <span>
                    <Method method={method} />
                  </span>
                  <code className="break-all font-mono text-xs">{path}</code>
                  <span className="text-soft">{operation.summary}</span>
                </Link>
              </li>
            ))}
          </ul>
        </Card>
      ))}
    </>
  )
}
