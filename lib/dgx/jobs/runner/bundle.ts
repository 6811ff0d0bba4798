import { DgxError } from '../../errors'
import { quote } from '../../ssh/quote'
import { quotePath } from '../../ssh/remote-command'
import { DGX_METRICS_PY } from '../metrics/python-helper'
import { RUN_FILES, runFolder, workingFolder } from './paths'
import { PAYLOAD_SCRIPT, SUPERVISOR_SCRIPT } from './supervisor-script'
import type { RunSpec } from './types'

/**
 * The files of a run that are written before it starts, by name. They travel on standard input:
 * arguments are visible to every user of the machine, and are at most 128 KiB.
 * @throws DgxError invalid_request for what no shell can hold: a NUL, or a name of env that is none
 */
export function bundleFiles(spec: RunSpec): Record<string, string> {
  if (spec.command.includes('\0')) throw unusable('command', 'cannot contain a NUL character')
  return {
    'supervisor.sh': SUPERVISOR_SCRIPT,
    'payload.sh': PAYLOAD_SCRIPT,
    'spec.sh': specScript(spec),
    'environment.sh': environmentScript(spec),
    'command.sh': `${spec.command}\n`,
    'dgx_metrics.py': DGX_METRICS_PY,
    'config.json': `${JSON.stringify(spec.config, null, 2)}\n`,
  }
}

/** What supervisor-script.ts reads. */
function specScript(spec: RunSpec): string {
  return assignments('', {
    job: quote(spec.job_id),
    token: quote(spec.run_token),
    directory: directory(spec.working_dir),
    timeout_s: spec.timeout_s === null ? '' : quote(wholeSeconds(spec.timeout_s)),
    grace_s: quote(wholeSeconds(spec.kill_grace_s)),
  })
}

/** What the command finds in its environment; the run's own names win over the user's. */
function environmentScript(spec: RunSpec): string {
  const folder = runFolder(spec)
  const given = Object.entries(spec.env).map(([name, value]) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw unusable(`env.${name}`, 'is no name of an environment variable')
    }
    if (value.includes('\0')) throw unusable(`env.${name}`, 'cannot contain a NUL character')
    return [name, quote(value)]
  })
  const own = {
    DGX_JOB_ID: quote(spec.job_id),
    DGX_ATTEMPT: quote(String(spec.attempt)),
    DGX_RUN_TOKEN: quote(spec.run_token),
    DGX_JOB_DIR: quotePath(folder.slice(0, folder.lastIndexOf('/'))),
    DGX_RUN_DIR: quotePath(folder),
    DGX_CONFIG_FILE: quotePath(`${folder}/config.json`),
    DGX_METRICS_FILE: quotePath(`${folder}/${RUN_FILES.metrics}`),
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
    CUDA_VISIBLE_DEVICES: quote(spec.gpu_uuids.join(',')),
  }
  return [
    // First, so that a HOME among them does not move the run's folder.
    assignments('export ', own),
    // Python would keep back what it prints while its output is no terminal.
    `export PYTHONUNBUFFERED="\${PYTHONUNBUFFERED-1}"\n`,
    assignments('export ', without(Object.fromEntries(given), Object.keys(own))),
    `export PYTHONPATH="\${PYTHONPATH:+$PYTHONPATH:}$DGX_RUN_DIR"\n`,
  ].join('')
}

function assignments(before: string, values: Record<string, string>): string {
  return Object.entries(values)
    .map(([name, value]) => `${before}${name}=${value}\n`)
    .join('')
}

function without<T>(values: Record<string, T>, names: readonly string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)))
}

function directory(path: string | null): string {
  if (path?.includes('\0')) throw unusable('working_dir', 'cannot contain a NUL character')
  return quotePath(workingFolder(path))
}

const wholeSeconds = (seconds: number) => String(Math.max(0, Math.ceil(seconds)))

function unusable(path: string, message: string): DgxError {
  return new DgxError('invalid_request', `The run's ${path} ${message}.`, {
    details: [{ path, message }],
  })
}
