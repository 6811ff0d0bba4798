import { cellNumber, printable } from './csv'
import { readMessage } from './messages'
import type { GpuProcess } from './types'

/** Who runs a process: from `ps`, or from /proc where `ps` cannot be asked that way. */
export type ProcessOwner = { user: string; command: string }

/** What tells of which managed job a process is. Null: it could not be read, or says nothing. */
export type ProcessOrigin = { process_group: number | null; job_id: string | null }

/** The managed job of a process on a machine; null for a foreign one. */
export type JobOf = (origin: ProcessOrigin) => string | null

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
 * @param jobs ids of jobs by pid
 */
export function readProcesses(
  lines: readonly string[],
  owners: ReadonlyMap<number, ProcessOwner>,
  jobs: ReadonlyMap<number, string> = new Map(),
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
      job_id: jobs.get(pid) ?? null,
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

/** Reads lines of `<pid> <process group>` and of `/proc/<pid>/environ:DGX_JOB_ID=<id>`. */
export function readOrigins(lines: readonly string[]): Map<number, ProcessOrigin> {
  const origins = new Map<number, ProcessOrigin>()
  for (const line of lines) {
    const [, groupPid, group] = /^(\d{1,10}) (\d{1,10})$/.exec(line) ?? []
    const [, jobPid, job_id] =
      /^\/proc\/(\d{1,10})\/environ:DGX_JOB_ID=([\w-]{1,64})$/.exec(line) ?? []
    const pid = Number(groupPid ?? jobPid)
    if (Number.isNaN(pid)) continue
    const before = origins.get(pid) ?? { process_group: null, job_id: null }
    origins.set(pid, {
      process_group: group === undefined ? before.process_group : Number(group),
      job_id: before.job_id ?? job_id ?? null,
    })
  }
  return origins
}
