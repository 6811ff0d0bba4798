import { cellNumber, printable } from './csv'
import { readMessage } from './messages'
import type { GpuProcess } from './types'

/** Who runs a process: from `ps`, or from /proc where `ps` cannot be asked that way. */
export type ProcessOwner = { user: string; command: string }

export type ProcessList = {
  byGpu: ReadonlyMap<string, GpuProcess[]>
  /** Lines that are neither a process nor one of nvidia-smi's sentences. */
  unreadable: string[]
}

const MAX_NAME = 1024
const MAX_COMMAND = 4096

/**
 * Reads `--query-compute-apps=gpu_uuid,pid,process_name,used_memory`: the processes of each GPU by its uuid.
 * A name may hold commas, so rows are read from both ends. The same pid twice on one GPU is one
 * process (it computes and draws); the larger figure counts.
 */
export function readProcesses(
  lines: readonly string[],
  owners: ReadonlyMap<number, ProcessOwner>,
): ProcessList {
  const byGpu = new Map<string, Map<number, GpuProcess>>()
  const unreadable: string[] = []
  for (const line of lines) {
    const match = /^\s*([^,]*),\s*(\d{1,10})\s*,(.*),([^,]*)$/.exec(line)
    if (match === null) {
      if (line.trim() !== '' && readMessage(line) === null) unreadable.push(line)
      continue
    }
    const [, uuid = '', pidText = '', name = '', memory = ''] = match
    const pid = Number(pidText)
    const key = uuid.trim()
    const processes = byGpu.get(key) ?? new Map<number, GpuProcess>()
    byGpu.set(key, processes)
    const used = cellNumber(memory.trim())
    const before = processes.get(pid)
    if (before !== undefined) {
      if (used !== null) before.memory_used_mb = Math.max(before.memory_used_mb ?? 0, used)
      continue
    }
    const owner = owners.get(pid)
    processes.set(pid, {
      pid,
      name: printable(name, MAX_NAME),
      user: owner?.user ?? null,
      command: owner?.command ?? null,
      memory_used_mb: used,
      job_id: null,
    })
  }
  const lists = new Map<string, GpuProcess[]>()
  for (const [uuid, processes] of byGpu) lists.set(uuid, [...processes.values()])
  return { byGpu: lists, unreadable }
}

/** Reads lines of `<pid> <user> <command line>`. */
export function readOwners(lines: readonly string[]): Map<number, ProcessOwner> {
  const owners = new Map<number, ProcessOwner>()
  for (const line of lines) {
    const match = /^\s*(\d{1,10})\s+(\S+)\s*(.*)$/.exec(line)
    if (match === null) continue
    const [, pid = '', user = '', command = ''] = match
    owners.set(Number(pid), { user: printable(user, 64), command: printable(command, MAX_COMMAND) })
  }
  return owners
}
