import { NothingHere } from '@/components/nothing-here'

/** For addresses that belong to no page. */
export default function NotFound() {
  return (
    <main className="mx-auto flex max-w-2xl flex-col gap-4 p-6">
      <NothingHere />
    </main>
  )
}
