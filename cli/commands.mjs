/** Every command: what it takes, and what runs it. */
import { audit } from './audit.mjs'
import { exec } from './exec.mjs'
import { gpus } from './gpus.mjs'
import { act, job, jobs, metrics, queue } from './jobs.mjs'
import { keys, takesKeys } from './keys.mjs'
import { logs } from './logs.mjs'
import { ls, top } from './machines.mjs'
import { report } from './report.mjs'
import { run } from './run.mjs'
import { wait } from './wait.mjs'

/** @typedef {import('./main.mjs').Context} Context */

/**
 * @typedef {{type: 'string' | 'boolean', short?: string, multiple?: boolean, help: string, value?: string, isNumber?: boolean}} Option
 *   `isNumber`: the command gets a number
 */

/**
 * @typedef {object} Command
 * @property {string} usage
 * @property {string} help
 * @property {Record<string, Option>} [options]
 * @property {(positionals: string[], rest: string[]) => boolean} takes
 * @property {(context: Context) => Promise<number | void>} run its exit code, 0 when it gives none
 * @property {number} [failureCode] when the app refuses, 1 by default
 */

/** As ssh: any other number may be the command's own. */
const NOT_THE_COMMANDS = 255

/** @param {number} least @param {number} [most] @returns {Command['takes']} */
const words =
  (least, most = least) =>
  (positionals, rest) =>
    rest.length === 0 && positionals.length >= least && positionals.length <= most

/** @type {Option} */
const ENVIRONMENT = {
  type: 'string',
  short: 'e',
  multiple: true,
  value: 'NAME[=VALUE]',
  help: 'a variable; without a value yours',
}

/** @type {Record<string, Command>} */
export const COMMANDS = {
  ls: {
    usage: 'dgx ls',
    help: 'the machines, and what they do now',
    takes: words(0),
    run: ls,
  },
  top: {
    usage: 'dgx top [MACHINE]',
    help: 'GPUs as they change, until Ctrl+C',
    options: { once: { type: 'boolean', help: 'print them one time' } },
    takes: words(0, 1),
    run: top,
  },
  gpus: {
    usage: 'dgx gpus [--free]',
    help: 'every GPU, and who has it',
    options: {
      free: { type: 'boolean', help: 'only those that a job can have now' },
      on: { type: 'string', value: 'MACHINE', help: 'only those of one machine' },
    },
    takes: words(0),
    run: gpus,
  },
  exec: {
    usage: 'dgx exec MACHINE -- COMMAND [ARGUMENT ...]',
    help: 'run a command there, with its output and exit code here',
    options: {
      cwd: { type: 'string', value: 'DIR', help: 'working directory there' },
      env: ENVIRONMENT,
      timeout: {
        type: 'string',
        value: 'SECONDS',
        isNumber: true,
        help: 'end it after so long (120)',
      },
      stdin: { type: 'boolean', help: 'hand it standard input' },
      login: { type: 'boolean', help: "run it by the user's login shell" },
    },
    takes: (positionals, rest) =>
      rest.length > 0 ? positionals.length === 1 : positionals.length > 1,
    run: exec,
    failureCode: NOT_THE_COMMANDS,
  },
  run: {
    usage: 'dgx run [OPTIONS] -- COMMAND [ARGUMENT ...]',
    help: 'start a job, show its log, exit as it does',
    options: {
      on: { type: 'string', value: 'MACHINE[,..]', help: 'where: the first that fits, or any' },
      project: { type: 'string', value: 'PROJECT', help: 'its project, with machine and folder' },
      gpus: { type: 'string', value: 'N', isNumber: true, help: 'how many GPUs (1)' },
      name: { type: 'string', value: 'NAME', help: 'what it is called (its command)' },
      dir: { type: 'string', value: 'DIR', help: 'working directory there' },
      env: ENVIRONMENT,
      priority: { type: 'string', value: 'N', isNumber: true, help: 'higher goes first (0)' },
      after: {
        type: 'string',
        multiple: true,
        value: 'JOB',
        help: 'only once this one has completed',
      },
      retries: { type: 'string', value: 'N', isNumber: true, help: 'tries after a failure (0)' },
      timeout: { type: 'string', value: 'SECONDS', isNumber: true, help: 'end it after so long' },
      tag: { type: 'string', multiple: true, value: 'TAG', help: 'a word to find it by' },
      detach: { type: 'boolean', short: 'd', help: 'print its id and go' },
    },
    takes: (positionals, rest) => positionals.length === 0 && rest.length > 0,
    run,
    failureCode: NOT_THE_COMMANDS,
  },
  jobs: {
    usage: 'dgx jobs',
    help: 'jobs, the newest first',
    options: {
      status: {
        type: 'string',
        value: 'STATUS[,..]',
        help: 'pending, running, completed, failed, cancelled',
      },
      project: { type: 'string', value: 'PROJECT', help: 'only those of one project' },
      limit: { type: 'string', value: 'N', isNumber: true, help: 'at most so many (50)' },
    },
    takes: words(0),
    run: jobs,
  },
  job: { usage: 'dgx job JOB', help: 'one job and its runs', takes: words(1), run: job },
  logs: {
    usage: 'dgx logs [-f] JOB',
    help: 'what its newest run printed',
    options: {
      follow: { type: 'boolean', short: 'f', help: 'go on until the job has ended' },
      tail: { type: 'string', value: 'N', isNumber: true, help: 'only the last lines' },
      stream: { type: 'string', value: 'STREAM', help: 'only stdout, or only stderr' },
    },
    takes: words(1),
    run: logs,
  },
  wait: {
    usage: 'dgx wait JOB ...',
    help: 'until they have ended; exit as the first that failed',
    takes: words(1, Number.POSITIVE_INFINITY),
    run: wait,
    failureCode: NOT_THE_COMMANDS,
  },
  metrics: {
    usage: 'dgx metrics JOB',
    help: 'the last, least and greatest value of each metric',
    takes: words(1),
    run: metrics,
  },
  cancel: { usage: 'dgx cancel JOB', help: 'end a job', takes: words(1), run: act('cancel') },
  retry: { usage: 'dgx retry JOB', help: 'run it again', takes: words(1), run: act('retry') },
  report: {
    usage: 'dgx report [--from 7d] [--md | --csv]',
    help: 'what GPUs, jobs and projects came to',
    options: {
      from: { type: 'string', value: 'TIME', help: 'such as 24h, 30d or 2026-03-01 (7d)' },
      to: { type: 'string', value: 'TIME', help: 'until when (now)' },
      on: { type: 'string', value: 'MACHINE', help: 'only of one machine' },
      project: { type: 'string', value: 'PROJECT', help: 'only the runs of one project' },
      md: { type: 'boolean', help: 'a document in Markdown' },
      csv: { type: 'boolean', help: 'a table with a row for each measure' },
    },
    takes: words(0),
    run: report,
  },
  audit: {
    usage: 'dgx audit',
    help: 'who did what, the newest last',
    options: {
      number: {
        type: 'string',
        short: 'n',
        value: 'N',
        isNumber: true,
        help: 'at most so many (20)',
      },
      on: { type: 'string', value: 'MACHINE', help: 'only on one machine' },
      failed: { type: 'boolean', help: 'only what did not go well' },
    },
    takes: words(0),
    run: audit,
  },
  queue: { usage: 'dgx queue', help: 'jobs that wait, and what for', takes: words(0), run: queue },
  keys: {
    usage: 'dgx keys [ls | create NAME | revoke NAME]',
    help: 'API keys for programs and agents',
    options: {
      scope: { type: 'string', value: 'SCOPE', help: 'create: read (the default), run or admin' },
      rate: {
        type: 'string',
        value: 'N',
        isNumber: true,
        help: 'create: most requests in a minute',
      },
      all: { type: 'boolean', help: 'ls: those that were revoked, too' },
    },
    takes: (positionals, rest) => rest.length === 0 && takesKeys(positionals),
    run: keys,
  },
}
