import { randomBytes } from 'node:crypto'
import { DgxError } from '../../errors'
import { runtime } from '../../runtime'
import { lostInTheMiddle, runCommand } from '../../ssh/exec'
import { quote, sh } from '../../ssh/quote'
import { quotePath } from '../../ssh/remote-command'
import { RUN_FILES, runFolder } from '../runner/paths'
import type { LogMatch, LogSearch } from './answers'
import { connectedHost, findLogRun, type LogRun, logGone } from './run'
import { LOG_STREAMS, type LogSearchQuery, type LogStream } from './schema'

const TIMEOUT_MS = 30_000
/** Longer lines are cut. */
const LONGEST_LINE = 4_096
const MOST_BYTES = 4 * 1024 * 1024

/**
 * Searches a run's log on its machine, so that only what matches travels.
 * @throws DgxError job_not_found, ambiguous_name, job_not_managed, attempt_not_found, not_connected,
 *   log_gone, connection_lost, exec_failed, invalid_request for an expression that grep refuses
 */
export async function searchLogs(
  options: { id: string; signal?: AbortSignal } & LogSearchQuery,
): Promise<LogSearch> {
  const { signal, stream, limit } = options
  const run = await findLogRun(options)
  const { job_id, attempt } = run
  if (attempt === 0) return { job_id, attempt, matches: [], truncated: false, timed_out: false }
  const host = connectedHost(runtime().hosts, run.connection_id)
  if (!host) {
    throw new DgxError(
      'not_connected',
      `The machine of "${run.job_name}" is not connected, and its log is searched there. Connect it first.`,
    )
  }
  const streams = LOG_STREAMS.filter((name) => stream === 'both' || stream === name)
  const marker = `@${randomBytes(8).toString('hex')}`
  const chunks: Buffer[] = []
  let bytes = 0
  let complaint = ''
  const { exit } = await runCommand(
    host,
    { command: searchScript(run, streams, options, marker), timeout_ms: TIMEOUT_MS },
    {
      kind: 'short',
      signal,
      sink: (from, chunk) => {
        if (from === 'stderr') complaint = (complaint + chunk.toString()).slice(0, 1_000)
        else if (bytes < 2 * MOST_BYTES) {
          bytes += chunk.length
          chunks.push(chunk)
        }
        return undefined
      },
    },
  )
  if (exit.kind === 'lost') throw lostInTheMiddle(host, undefined)
  const sections = Buffer.concat(chunks).toString('utf8').split(`${marker} `).slice(1)
  const matches: LogMatch[] = []
  let truncated = false
  for (const [i, name] of streams.entries()) {
    const section = sections[i]
    if (section === undefined) continue
    const lineEnd = section.indexOf('\n')
    const state = section.slice(0, lineEnd)
    if (state === 'gone' && !run.is_starting) throw logGone(run)
    const found = parseMatches(name, section.slice(lineEnd + 1), options)
    truncated ||= found.length > limit || Buffer.byteLength(section) >= MOST_BYTES
    matches.push(...found.slice(0, limit))
  }
  if (complaint.includes(marker)) {
    const why = complaint.replaceAll(marker, '').trim()
    throw new DgxError(
      'invalid_request',
      `The machine's grep does not understand "${options.query}": ${why}. It takes POSIX extended expressions (grep -E).`,
      { details: [{ path: 'query', message: 'is no extended regular expression' }] },
    )
  }
  const timed_out = exit.kind === 'timeout'
  if (!timed_out && sections.length <= streams.length) {
    throw new DgxError(
      'exec_failed',
      `${host.target.hostname} could not search the log: ${complaint.trim() || 'the command ended early'}.`,
    )
  }
  return { job_id, attempt, matches, truncated, timed_out }
}

/** `\r` becomes a line's end, byte for byte, so that offsets stay those of the file. */
function searchScript(
  run: LogRun,
  streams: readonly LogStream[],
  query: LogSearchQuery,
  marker: string,
): string {
  const options = [
    query.regex ? '-E' : '-F',
    ...(query.ignore_case ? ['-i'] : []),
    sh`-m ${query.limit + 1} -B ${query.before} -A ${query.after}`,
  ].join(' ')
  const search = streams.map((name) => {
    const file = RUN_FILES[name]
    return [
      sh`if [ -f ${file} ];then echo ${marker} there`,
      `tr '\\r' '\\n' <${quote(file)}|{ LC_ALL=C grep -a -b ${options} -e ${quote(query.query)}`,
      sh`[ $? -gt 1 ]&&echo ${marker} >&2;}|cut -b 1-${LONGEST_LINE}|head -c ${MOST_BYTES}`,
      sh`else echo ${marker} absent;fi`,
    ].join('\n')
  })
  return [
    `cd -- ${quotePath(runFolder(run))} 2>/dev/null||{ echo ${marker} gone;exit 0;}`,
    ...search,
    `echo;echo ${marker} end`,
  ].join('\n')
}

/** Lines of `grep -b` with context: `offset:match`, `offset-context`, and `--` between groups. */
function parseMatches(
  stream: LogStream,
  output: string,
  context: { before: number; after: number },
): LogMatch[] {
  return output.split(/^--$/m).flatMap((group) => {
    const lines = [...group.matchAll(/^(\d+)([:-])(.*)$/gm)].map(([, offset, kind, line = '']) => ({
      offset: Number(offset),
      isMatch: kind === ':',
      line,
    }))
    const text = (from: number, to: number) =>
      lines.slice(Math.max(0, from), to).map(({ line }) => line)
    return lines.flatMap(({ offset, isMatch, line }, i) =>
      isMatch
        ? [
            {
              ...{ stream, offset, line },
              before: text(i - context.before, i),
              after: text(i + 1, i + 1 + context.after),
            },
          ]
        : [],
    )
  })
}
