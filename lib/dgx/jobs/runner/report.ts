import { randomBytes } from 'node:crypto'
import { DgxError } from '../../errors'
import { exec } from '../../ssh/exec'
import type { HostPool } from '../../ssh/host-pool'
import { type Report, readReport } from './facts'
import { PROCESS_FUNCTIONS, REPORT_FUNCTIONS } from './shell-functions'

/** Some 2 KiB a run; 5,000 of them fit. */
const MAX_REPORT_BYTES = 16 * 1024 * 1024

/**
 * Runs a script that ends with a report, and reads it. The script finds the functions of
 * shell-functions.ts and `M`, which begins its lines.
 * @returns the report, and what the script said after `@M failed`, if it did
 * @throws DgxError not_connected, too_busy, connection_lost; ssh_timeout; exec_failed when the
 *   machine's shell gave something else
 */
export async function runReport(
  host: HostPool,
  options: { script: string; stdin?: string; timeoutMs: number; signal?: AbortSignal | undefined },
): Promise<{ report: Report; failure: string | null }> {
  const marker = randomBytes(8).toString('hex')
  const command = `M=${marker}\n${PROCESS_FUNCTIONS}${REPORT_FUNCTIONS}${options.script}`
  const result = await exec(
    host,
    {
      command,
      stdin: options.stdin,
      timeout_ms: options.timeoutMs,
      max_output_bytes: MAX_REPORT_BYTES,
    },
    options.signal,
  )
  const name = host.target.hostname
  if (result.timed_out) {
    throw new DgxError(
      'ssh_timeout',
      `${name} did not tell about its jobs within ${options.timeoutMs / 1000} s. It may be overloaded; this is tried again.`,
    )
  }
  const report = readReport(result.stdout, marker, Date.now())
  if (!report) {
    const said = (result.stderr || result.stdout).trim().slice(-500)
    throw new DgxError(
      'exec_failed',
      `The shell of ${name} did not tell about its jobs (exit code ${result.code}). It said: ${said || 'nothing'}`,
    )
  }
  const failure = new RegExp(`^@${marker} failed (.*)$`, 'm').exec(result.stdout)?.[1] ?? null
  return { report, failure }
}
