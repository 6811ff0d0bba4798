import { projectNamed } from '../../named'

export default async function ProjectLayout({ children, params }: LayoutProps<'/projects/[id]'>) {
  await projectNamed((await params).id)
  return children
}
