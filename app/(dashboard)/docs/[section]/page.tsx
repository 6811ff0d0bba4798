import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { notFound } from 'next/navigation'
import { describeApi } from '@/app/api/dgx/describe'
import { OperationCard } from '@/components/docs/operation-card'
import { PageHeader } from '@/components/ui/card'
import { operationsOf } from '../operations'

type Props = { params: Promise<{ section: string }> }

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `${(await sectionOf(params)).name} · API reference` }
}

/** The operations of one section in full. */
export default async function SectionPage({ params }: Props) {
  const { name, description } = await sectionOf(params)
  const { components } = describeApi()
  const origin = `http://${(await headers()).get('host')}`
  return (
    <>
      <PageHeader
        title={name}
        note={description}
        trail={[{ href: '/docs', text: 'API reference' }]}
      />
      {operationsOf(name).map((described) => (
        <OperationCard
          key={described.operation.operationId}
          {...described}
          origin={origin}
          components={components}
        />
      ))}
    </>
  )
}

async function sectionOf(params: Props['params']) {
  const { section } = await params
  const tag = describeApi().tags.find(({ name }) => name.toLowerCase() === section)
  return tag ?? notFound()
}
