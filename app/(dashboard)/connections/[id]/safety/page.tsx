import type { Metadata, Route } from 'next'
import Link from 'next/link'
import { SafetyForm } from '@/components/safety/safety-form'
import { buttonClass } from '@/components/ui/button'
import { PageHeader } from '@/components/ui/card'
import { getSafety } from '@/lib/dgx'
import { PRESETS } from '@/lib/dgx/safety/presets'
import { connectionNamed } from '../../../named'

export async function generateMetadata({
  params,
}: PageProps<'/connections/[id]/safety'>): Promise<Metadata> {
  const { id } = await params
  return { title: `Safety of ${(await connectionNamed(id)).name}` }
}

export default async function SafetyPage({ params }: PageProps<'/connections/[id]/safety'>) {
  const { id, name } = await connectionNamed((await params).id)
  const machinePage = `/connections/${id}` as Route
  return (
    <>
      <PageHeader
        trail={[
          { href: '/connections', text: 'Machines' },
          { href: machinePage, text: name },
        ]}
        title={`Safety of ${name}`}
        note="A seat belt against accidents, not a sandbox: a shell can spell anything in many ways."
      >
        <Link href={machinePage} className={buttonClass()}>
          Back to the machine
        </Link>
      </PageHeader>
      <SafetyForm key={id} machine={name} first={await getSafety({ id })} presets={PRESETS} />
    </>
  )
}
