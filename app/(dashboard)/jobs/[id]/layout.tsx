import { jobNamed } from '../../named'

export default async function JobLayout({ children, params }: LayoutProps<'/jobs/[id]'>) {
  await jobNamed((await params).id)
  return children
}
