import { printable } from './csv'
import type { Frame } from './frames'

/**
 * Reads the host's part of a frame: `stat`, `loadavg`, `uptime` and `hostname` lines, then
 * /proc/meminfo, /proc/pressure/memory where there is one, and /proc/net/dev.
 */

/** Counters and gauges of one moment. Rates are differences of two (see rates.ts). */
export type HostReading = {
  hostname: string | null
  uptime_s: number | null
  load_1m: number | null
  /** Clock ticks since boot; null when /proc/stat could not be read. */
  cpu: { total: number; idle: number } | null
  memory_total_mb: number | null
  memory_available_mb: number | null
  memory_cached_mb: number | null
  swap_used_mb: number | null
  memory_pressure_some_avg10: number | null
  /** Bytes since boot by interface. */
  interfaces: ReadonlyMap<string, { rx: number; tx: number }>
}

/** What the script reads once a minute. Null where it could not be read. */
export type HostFacts = {
  cpu_count: number | null
  disk_used_gb: number | null
  disk_total_gb: number | null
  /** Interfaces that are hardware. Empty in a container. */
  physical_interfaces: readonly string[]
}

/** Null when the frame has no host section. */
export function readHost(frame: Frame): HostReading | null {
  const section = frame.sections.get('host')
  if (section === undefined) return null
  const fields = new Map<string, string>()
  const meminfo = new Map<string, number>()
  const interfaces = new Map<string, { rx: number; tx: number }>()
  let pressure: number | null = null
  let isNetwork = false
  for (const line of section.lines) {
    if (line.startsWith('Inter-|')) isNetwork = true
    else if (isNetwork) readInterface(line, interfaces)
    else if (line.startsWith('some avg10=')) pressure = numberOf(line.slice(11).split(' ')[0])
    else {
      const space = line.indexOf(' ')
      const key = line.slice(0, space)
      if (key.endsWith(':')) {
        const kb = Number.parseInt(line.slice(space), 10)
        if (Number.isFinite(kb)) meminfo.set(key.slice(0, -1), kb)
      } else if (space > 0) fields.set(key, line.slice(space + 1))
    }
  }
  const mb = (...names: string[]): number | null => sumOfMb(meminfo, names)
  const swapTotal = meminfo.get('SwapTotal')
  const swapFree = meminfo.get('SwapFree')
  return {
    hostname: printable(fields.get('hostname') ?? '', 255) || null,
    uptime_s: numberOf(fields.get('uptime')?.split(' ')[0]),
    load_1m: numberOf(fields.get('loadavg')?.split(' ')[0]),
    cpu: readCpu(fields.get('stat')),
    memory_total_mb: mb('MemTotal'),
    memory_available_mb: mb('MemAvailable'),
    memory_cached_mb: mb('Cached', 'SReclaimable'),
    swap_used_mb:
      swapTotal === undefined || swapFree === undefined
        ? null
        : Math.max(0, Math.round((swapTotal - swapFree) / 1024)),
    memory_pressure_some_avg10: pressure,
    interfaces,
  }
}

/** Null in the frames between two minutes. */
export function readHostFacts(frame: Frame): HostFacts | null {
  const section = frame.sections.get('host_facts')
  if (section === undefined) return null
  const facts: HostFacts = {
    cpu_count: null,
    disk_used_gb: null,
    disk_total_gb: null,
    physical_interfaces: [],
  }
  for (const line of section.lines) {
    const words = line.trim().split(/\s+/)
    if (words[0] === 'cpus') facts.cpu_count = numberOf(words[1])
    else if (words[0] === 'nics') facts.physical_interfaces = words.slice(1)
    else if (words.at(-1) === '/' && words.length >= 6) {
      // The name of a file system may hold spaces: counted from the right.
      facts.disk_total_gb = gbOf(words.at(-5))
      facts.disk_used_gb = gbOf(words.at(-4))
    }
  }
  return facts
}

/** Guest time is part of user time already: the first eight columns are the whole. */
function readCpu(line: string | undefined): HostReading['cpu'] {
  if (line === undefined) return null
  const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number)
  const [, , , idle, iowait = 0] = ticks
  if (idle === undefined || !ticks.every(Number.isFinite)) return null
  return { total: ticks.reduce((sum, n) => sum + n, 0), idle: idle + iowait }
}

function readInterface(line: string, into: Map<string, { rx: number; tx: number }>): void {
  const colon = line.lastIndexOf(':')
  if (colon === -1) return
  const columns = line
    .slice(colon + 1)
    .trim()
    .split(/\s+/)
  const rx = numberOf(columns[0])
  const tx = numberOf(columns[8])
  if (rx !== null && tx !== null) into.set(line.slice(0, colon).trim(), { rx, tx })
}

function sumOfMb(meminfo: ReadonlyMap<string, number>, names: readonly string[]): number | null {
  let kb = 0
  for (const name of names) {
    const value = meminfo.get(name)
    if (value === undefined) return null
    kb += value
  }
  return Math.round(kb / 1024)
}

function gbOf(kib: string | undefined): number | null {
  const value = numberOf(kib)
  return value === null ? null : Math.round((value * 1024) / 1e7) / 100
}

function numberOf(text: string | undefined): number | null {
  if (text === undefined || text === '') return null
  const value = Number(text)
  return Number.isFinite(value) ? value : null
}
