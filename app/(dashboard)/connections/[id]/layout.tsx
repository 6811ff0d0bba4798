import { connectionNamed } from '../../named'

export default async function ConnectionLayout({
  children,
  params,
}: LayoutProps<'/connections/[id]'>) {
  await connectionNamed((await params).id)
  return children
}
