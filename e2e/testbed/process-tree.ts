import { readdirSync, readFileSync } from 'node:fs'

/** What runs on this machine, read from /proc. A process that ends meanwhile is not there. */

const read = (file: string) => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** Pids of the direct children of a process. */
export function childrenOf(pid: number): number[] {
  const text = read(`/proc/${pid}/task/${pid}/children`).trim()
  return text === '' ? [] : text.split(' ').map(Number)
}

/** Pids of everything below a process, parents first. */
export function descendantsOf(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)])
}

/** The short name of a process, as `ps -o comm` shows it; empty when it is gone. */
export const nameOf = (pid: number) => read(`/proc/${pid}/comm`).trim()

/**
 * Pids of the processes that were started with this `NAME=value` in their environment. It finds
 * those too that left their parent behind (`setsid`, `nohup`).
 */
export function processesWith(variable: string): number[] {
  const needle = `\0${variable}\0`
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => `\0${read(`/proc/${pid}/environ`)}`.includes(needle))
    .map(Number)
}

/** Sends a signal; a process that has ended by itself is none to complain about. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
