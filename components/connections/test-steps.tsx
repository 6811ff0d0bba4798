import type { ConnectionTest } from '@/lib/dgx/connections/answers'
import { Status } from '../ui/status'

const NAMES = {
  resolve: 'Resolve',
  tcp: 'Reach the port',
  host_key: 'Host key',
  authentication: 'Sign in',
  shell: 'Run a command',
  nvidia_smi: 'nvidia-smi',
} as const

const TONES = { ok: 'good', failed: 'bad', skipped: 'idle' } as const

/** A connection test, step by step. */
export function TestSteps({ test }: { test: ConnectionTest }) {
  return (
    <ol aria-label="Connection test" className="flex flex-col gap-2 rounded-md bg-sunken p-3">
      {test.steps.map((step) => (
        <li key={step.step} className="grid grid-cols-[7.5rem_5.5rem_1fr] gap-x-2">
          <span className="font-medium">{NAMES[step.step]}</span>
          <Status tone={TONES[step.status]}>{step.status}</Status>
          <span className="text-right text-soft text-xs tabular-nums">
            {step.status === 'skipped' ? '' : `${step.duration_ms} ms`}
          </span>
          {step.status !== 'skipped' && (
            <span className="col-span-3 break-words text-soft text-xs">{step.message}</span>
          )}
        </li>
      ))}
    </ol>
  )
}
