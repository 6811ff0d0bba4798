import { GitCommitHorizontal } from 'lucide-react'
import Link from 'next/link'
import type { Job, JobAttempt } from '@/lib/dgx/jobs/answers'
import { Badge } from '../../ui/badge'
import { Card } from '../../ui/card'
import { CopyButton } from '../../ui/copy-button'
import { durationText } from '../start/order-values'

type Named = { id: string; name: string }

/** What was asked for: the command, where and on what it runs, and the code that it ran. */
export function OrderCard({
  job,
  run,
  machines,
  dependencies,
}: {
  job: Job
  /** The newest attempt; its git state is that of the run. */
  run: JobAttempt | null
  machines: readonly Named[]
  dependencies: readonly (Named & { status: string })[]
}) {
  const { command, gpus, gpu_indices, min_gpu_memory_mb, env, tags, connection_ids } = job
  const where = connection_ids?.includes('any')
    ? 'any machine'
    : (connection_ids ?? [])
        .map((id) => machines.find((machine) => machine.id === id)?.name ?? 'a deleted machine')
        .join(' or ')
  const facts: [string, React.ReactNode][] = [
    ['Machine', where],
    ['GPUs', gpu_indices ? `exactly ${gpu_indices.join(', ')}` : gpus],
    ...(min_gpu_memory_mb ? [fact('GPU memory', `${min_gpu_memory_mb / 1024} GiB or more`)] : []),
    ['Working directory', <code key="dir">{job.working_dir ?? '~'}</code>],
    ['Priority', job.priority],
    ...(job.timeout_s ? [fact('Timeout', durationText(job.timeout_s))] : []),
    ...(job.max_retries ? [fact('Retries', job.max_retries)] : []),
    ...(dependencies.length > 0
      ? [
          fact(
            'Depends on',
            dependencies.map(({ id, name, status }) => (
              <span key={id} className="block">
                <Link href={`/jobs/${id}`} className="underline">
                  {name}
                </Link>{' '}
                <span className="text-soft">({status})</span>
              </span>
            )),
          ),
        ]
      : []),
    ...(env
      ? [
          fact(
            'Environment',
            Object.entries(env).map(([key, value]) => (
              <code key={key} className="block">
                {key}={value}
              </code>
            )),
          ),
        ]
      : []),
  ]
  return (
    <Card
      title="Command"
      actions={command && <CopyButton text={command} label="Copy the command" />}
    >
      <div className="flex flex-col gap-4">
        <pre className="whitespace-pre-wrap wrap-anywhere rounded-md bg-sunken p-3 font-mono text-xs">
          {command}
        </pre>
        <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-2">
          {facts.map(([name, value]) => (
            <div key={name} className="flex min-w-0 gap-3">
              <dt className="w-32 shrink-0 text-soft">{name}</dt>
              <dd className="min-w-0 wrap-anywhere [&_code]:font-mono [&_code]:text-xs">{value}</dd>
            </div>
          ))}
        </dl>
        {tags && tags.length > 0 && (
          <ul className="flex flex-wrap gap-1.5" aria-label="Tags">
            {tags.map((tag) => (
              <li key={tag} className="min-w-0">
                <Badge className="wrap-anywhere whitespace-normal">{tag}</Badge>
              </li>
            ))}
          </ul>
        )}
        {run?.git_commit && <Git run={run} commit={run.git_commit} />}
      </div>
    </Card>
  )
}

const fact = (name: string, value: React.ReactNode): [string, React.ReactNode] => [name, value]

function Git({ run, commit }: { run: JobAttempt; commit: string }) {
  return (
    <div className="flex flex-col gap-2">
      <p className="flex flex-wrap items-center gap-2">
        <GitCommitHorizontal aria-hidden="true" className="size-4 text-soft" />
        <span className="text-soft">Commit</span>
        <code className="font-mono text-xs">{commit.slice(0, 12)}</code>
        <CopyButton text={commit} label="Copy the commit" />
        {run.git_is_dirty && <Badge tone="warn">with changes that are not committed</Badge>}
      </p>
      {run.git_diff && (
        <details>
          <summary className="text-soft">What was changed</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
          <section aria-label="Diff" tabIndex={0} className="mt-2 max-h-96 overflow-auto">
            <pre className="rounded-md bg-sunken p-3 font-mono text-xs">{run.git_diff}</pre>
          </section>
        </details>
      )}
    </div>
  )
}
