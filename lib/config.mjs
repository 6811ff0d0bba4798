/** The configuration: environment variables, checked once, with a sentence that says what to fix. */
import path from 'node:path'
import { z } from 'zod'

/** @param {number} least @param {number} most */
function whole(least, most) {
  const error = `must be a whole number from ${least} to ${most}`
  return z.coerce.number(error).int(error).min(least, error).max(most, error)
}

/** @template {string} T @param {readonly T[]} words */
const choice = (words) => z.enum(words, `must be one of ${words.join(', ')}`)

const schema = z.object({
  PORT: whole(1, 65_535).default(3939),
  HOST: z.string().min(1).default('127.0.0.1'),
  DATA_DIR: z.string().min(1).default('./data'),
  DATABASE_URL: z.string().startsWith('file:', 'must start with file:').optional(),
  API_SERVER_KEY: z.string().min(8, 'must have at least 8 characters').optional(),
  ALLOWED_HOSTS: z.string().default(''),
  HOST_KEY_POLICY: choice(['accept-new', 'ask']).default('accept-new'),
  LOG_LEVEL: choice(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  METRICS_RAW_HOURS: whole(1, 168).default(24),
  METRICS_1M_DAYS: whole(1, 366).default(30),
  METRICS_15M_DAYS: whole(1, 3660).default(366),
  AUDIT_DAYS: whole(1, 3660).default(365),
  GPU_FREE_MAX_FOREIGN_MB: whole(0, 1_000_000).default(200),
  UNIFIED_MEMORY_MARGIN_MB: whole(0, 10_000_000).default(4096),
  JOB_KILL_GRACE_S: whole(1, 3600).default(30),
  DGX_DEMO: choice(['0', '1']).default('0'),
})

/**
 * @typedef {object} Config
 * @property {number} port
 * @property {string} host address to listen on
 * @property {string} dataDir absolute; holds the database
 * @property {string} databaseUrl `file:` and an absolute path
 * @property {string | null} apiServerKey
 * @property {string[]} allowedHosts further names in Host headers, for a bind that is not loopback
 * @property {'accept-new' | 'ask'} hostKeyPolicy
 * @property {string} logLevel
 * @property {{rawHours: number, minuteDays: number, quarterDays: number}} retention
 * @property {number} auditDays how long entries of the audit trail are kept
 * @property {{maxForeignMb: number, sharedMarginMb: number}} fleetLimits when a GPU counts as free
 * @property {number} killGraceS from TERM to KILL, for jobs that are stopped
 * @property {boolean} demo
 */

/** @param {string} host */
export function isLoopback(host) {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

/**
 * @param {Record<string, string | undefined>} env
 * @returns {Config}
 * @throws {Error} whose message names the variable and what it must be
 */
export function readConfig(env) {
  // An empty variable means "not set", as in most shells' habits.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = schema.safeParse(given)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new Error(
      `${issue?.path.join('.')} ${issue?.message}. Correct it in the environment or in .env.`,
    )
  }
  const value = parsed.data
  if (!isLoopback(value.HOST) && !value.API_SERVER_KEY) {
    throw new Error(
      `HOST=${value.HOST} can be reached from other machines and this program runs commands on yours. ` +
        'Set API_SERVER_KEY to a long secret, or use HOST=127.0.0.1.',
    )
  }
  const dataDir = path.resolve(value.DATA_DIR)
  return {
    port: value.PORT,
    host: value.HOST,
    dataDir,
    databaseUrl: value.DATABASE_URL
      ? `file:${path.resolve(value.DATABASE_URL.slice('file:'.length))}`
      : `file:${path.join(dataDir, 'dgx.db')}`,
    apiServerKey: value.API_SERVER_KEY ?? null,
    allowedHosts: value.ALLOWED_HOSTS.split(',')
      .map((name) => name.trim().toLowerCase())
      .filter(Boolean),
    hostKeyPolicy: value.HOST_KEY_POLICY,
    logLevel: value.LOG_LEVEL,
    retention: {
      rawHours: value.METRICS_RAW_HOURS,
      minuteDays: value.METRICS_1M_DAYS,
      quarterDays: value.METRICS_15M_DAYS,
    },
    auditDays: value.AUDIT_DAYS,
    fleetLimits: {
      maxForeignMb: value.GPU_FREE_MAX_FOREIGN_MB,
      sharedMarginMb: value.UNIFIED_MEMORY_MARGIN_MB,
    },
    killGraceS: value.JOB_KILL_GRACE_S,
    demo: value.DGX_DEMO === '1',
  }
}
