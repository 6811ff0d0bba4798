import type { LogsQuery } from './schema'

/** A part of one stream's file. */
export type LogBytes = {
  bytes: Buffer
  /** Where `bytes` begins in the file, and where to go on. */
  offset: number
  next_offset: number
  /** As it was last seen. */
  size_bytes: number
  /** `next_offset` is the end of the file as last seen. It says nothing of the job's end. */
  eof: boolean
  /** Something was left out: before what a tail gives, after what any other read gives. */
  truncated: boolean
}

/** What of `LogsQuery` says which bytes are read. */
export type LogRange = Pick<LogsQuery, 'stream' | 'max_bytes'> &
  Partial<Pick<LogsQuery, 'attempt' | 'tail' | 'offset' | 'stdout_offset' | 'stderr_offset'>>

/** The last one may lack its end. */
export function countLines(bytes: Buffer): number {
  let lines = 0
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines += 1
  return bytes.length > 0 && bytes.at(-1) !== 10 ? lines + 1 : lines
}
