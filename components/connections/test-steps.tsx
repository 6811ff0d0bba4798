import type { TestStep } from '@/lib/dgx/connections/answers'
import { cn } from '../ui/cn'
import { Status, type Tone } from '../ui/status'
import type { StepNow } from './use-connection-test'

const NAMES: Record<TestStep['step'], string> = {
  resolve: 'Find the address',
  tcp: 'Reach the port',
  host_key: 'Check the host key',
  authentication: 'Sign in',
  shell: 'Run a command',
  nvidia_smi: 'Ask nvidia-smi',
}

const TONES: Record<StepNow['status'], Tone> = {
  waiting: 'idle',
  running: 'busy',
  ok: 'good',
  failed: 'bad',
  skipped: 'ended',
}

/** A connection test, step by step, as it runs. */
export function TestSteps({ steps }: { steps: readonly StepNow[] }) {
  return (
    <ol
      aria-label="Connection test"
      aria-live="polite"
      className="flex flex-col divide-y divide-line rounded-md border border-line bg-sunken/60"
    >
      {steps.map((step) => (
        <li
          key={step.step}
          className={cn(
            'grid grid-cols-[minmax(0,1fr)_5.5rem_4rem] items-center gap-x-2 px-3 py-2',
            step.status === 'failed' && 'bg-bad-surface',
          )}
        >
          <span
            className={
              step.status === 'waiting' || step.status === 'skipped' ? 'text-soft' : 'font-medium'
            }
          >
            {NAMES[step.step]}
          </span>
          <Status tone={TONES[step.status]}>{step.status}</Status>
          <span className="text-right font-mono text-soft text-xs tabular-nums">
            {'duration_ms' in step && step.status !== 'skipped' ? `${step.duration_ms} ms` : ''}
          </span>
          {'message' in step && step.status !== 'skipped' && (
            <span className="col-span-3 mt-0.5 whitespace-pre-line break-words text-soft text-xs">
              {step.message}
            </span>
          )}
        </li>
      ))}
    </ol>
  )
}
