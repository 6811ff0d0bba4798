import { z } from 'zod'
import { readLogs, searchLogs } from '../dgx'
import type { LogPart } from '../dgx/jobs/logs/answers'
import { logSearchQuery, logsQuery } from '../dgx/jobs/logs/schema'
import { job } from './jobs'
import { clip } from './text'
import { READS, tool } from './tool'

const CURSOR = /^(\d{1,15}|-)\.(\d{1,15}|-)$/

const match = z.strictObject({
  stream: z.enum(['stdout', 'stderr']),
  offset: z.number().int(),
  line: z.string(),
})

export const jobLogs = tool({
  name: 'job_logs',
  title: 'Log of a job',
  description:
    'The end of a job\'s log, or with "since" what was written after an earlier answer, or with "grep" the lines that match, found on the machine. Progress bars are folded to their last state and colours taken out. About 6 kB by default; "truncated" says that more is there.',
  input: z.strictObject({
    job,
    stream: z.enum(['both', 'stdout', 'stderr']).default('both'),
    tail: z.number().int().min(1).max(10_000).optional().describe('Only so many lines of the end.'),
    since: z
      .string()
      .regex(CURSOR, 'is not the cursor of an earlier answer')
      .optional()
      .describe('The cursor of an earlier answer; "0.0" reads from the beginning.'),
    grep: logSearchQuery.shape.query
      .optional()
      .describe('Text that lines contain; the first matches after "since".'),
    regex: z.boolean().default(false).describe('grep is a POSIX extended expression.'),
    ignore_case: z.boolean().default(false),
    matches: z.number().int().min(1).max(200).default(20).describe('Most matches of each stream.'),
    attempt: z.number().int().min(1).optional().describe('Without it the newest run.'),
    max_bytes: z
      .number()
      .int()
      .min(200)
      .max(200_000)
      .default(6_000)
      .describe('Of both streams together.'),
  }),
  output: z.strictObject({
    job_id: z.string(),
    attempt: z.number().int().describe('0: it has not run yet.'),
    ended: z.boolean().nullable().describe('Its log will not grow any more. Null with grep.'),
    from_cache: z.boolean().describe('The machine is away: this is what was kept here.'),
    stdout: z.string().nullable(),
    stderr: z.string().nullable(),
    matches: z.array(match).nullable(),
    truncated: z.boolean().describe('There is more than was given.'),
    cursor: z.string().nullable().describe('Give it as "since" to go on. Null with grep.'),
  }),
  annotations: READS,
  run: async (input, { signal }) => {
    const { job: id, stream, attempt, since, grep } = input
    const [, stdoutFrom = '-', stderrFrom = '-'] = CURSOR.exec(since ?? '') ?? []
    const from = { stdout: offsetOf(stdoutFrom), stderr: offsetOf(stderrFrom) }
    if (grep !== undefined) {
      const { regex, ignore_case, matches: limit } = input
      const flags = { regex: String(regex), ignore_case: String(ignore_case) }
      const query = logSearchQuery.parse({ query: grep, stream, attempt, limit: 1_000, ...flags })
      const found = await searchLogs({ id, signal, ...query })
      const wanted = found.matches.filter((each) => each.offset >= (from[each.stream] ?? 0))
      const given = (['stdout', 'stderr'] as const).flatMap((name) =>
        wanted.filter((each) => each.stream === name).slice(0, limit),
      )
      const matches = withinBytes(
        given.map(({ stream, offset, line }) => ({ stream, offset, line: clip(line, 300) })),
        input.max_bytes,
      )
      const truncated = found.truncated || found.timed_out || matches.length < wanted.length
      const lines = matches.map((each) => `${each.stream} ${each.offset}: ${each.line}`)
      const last = truncated ? ['[More lines match: narrow the search, or raise "matches".]'] : []
      return {
        data: {
          ...{ job_id: found.job_id, attempt: found.attempt, matches, truncated },
          ...{ ended: null, from_cache: false, stdout: null, stderr: null, cursor: null },
        },
        text: [...lines, ...last].join('\n') || `No line matches "${grep}".`,
      }
    }
    const isBoth = stream === 'both'
    const place = isBoth
      ? { stdout_offset: from.stdout, stderr_offset: from.stderr }
      : { offset: from[stream] }
    const query = logsQuery.parse({
      ...{ stream, attempt, ...place, ansi: 'strip' },
      ...(since === undefined ? { tail: input.tail } : {}),
      max_bytes: Math.floor(input.max_bytes / (isBoth ? 2 : 1)),
    })
    const { stdout, stderr, ...log } = await readLogs({ id, signal, ...query })
    const parts = [stdout, stderr].filter((part) => part !== null)
    const isCut = ({ truncated, offset, eof }: LogPart) =>
      truncated || !eof || (since === undefined && offset > 0)
    const truncated = parts.some(isCut)
    const cursor = `${stdout?.next_offset ?? stdoutFrom}.${stderr?.next_offset ?? stderrFrom}`
    const { job_id, ended, from_cache } = log
    return {
      data: {
        ...{ job_id, attempt: log.attempt, ended, from_cache, truncated, cursor },
        ...{ stdout: stdout?.text ?? null, stderr: stderr?.text ?? null, matches: null },
      },
      text: [
        ...(from_cache ? ['[The machine is away: this is what was kept here.]'] : []),
        ...(stdout ? [placeOf('stdout', stdout), stdout.text] : []),
        ...(stderr ? [placeOf('stderr', stderr), stderr.text] : []),
        `[${ended ? 'The run has ended' : 'The run goes on'}; since "${cursor}" reads what comes next, grep finds lines.]`,
      ].join('\n'),
    }
  },
})

const offsetOf = (text: string) => (text === '-' ? undefined : Number(text))

const placeOf = (name: string, { offset, next_offset, size_bytes }: LogPart) =>
  `[${name}, bytes ${offset} to ${next_offset} of ${size_bytes}]`

/** As many as have room, with what JSON adds to each. */
function withinBytes(matches: z.infer<typeof match>[], most: number) {
  let used = 0
  return matches.filter(({ line }) => {
    used += Buffer.byteLength(line) + 50
    return used <= most
  })
}
