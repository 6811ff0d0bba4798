import { isTerminal } from '../states'

type Dependency = { id: string; name: string; status: string }

export type DependencyVerdict = { isHopeless: boolean; message: string }

/**
 * Whether a job still waits for others; null when all have completed. It is hopeless once one of
 * them has ended otherwise, or was deleted.
 */
export function checkDependencies(
  depends_on: readonly string[],
  known: ReadonlyMap<string, Dependency>,
): DependencyVerdict | null {
  const open: string[] = []
  for (const id of depends_on) {
    const dependency = known.get(id)
    if (!dependency)
      return { isHopeless: true, message: `The job ${id}, on which it depends, was deleted.` }
    const { name, status } = dependency
    if (status === 'completed') continue
    if (isTerminal(status)) {
      return { isHopeless: true, message: `${name} (${id}), on which it depends, is ${status}.` }
    }
    open.push(`${name} (${id})`)
  }
  if (open.length === 0) return null
  const more = open.length > 3 ? ` and ${open.length - 3} more` : ''
  return {
    isHopeless: false,
    message: `Waits until ${open.slice(0, 3).join(', ')}${more} ${open.length === 1 ? 'has' : 'have'} completed.`,
  }
}
