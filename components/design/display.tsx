import { Server } from 'lucide-react'
import { Badge, type BadgeTone } from '../ui/badge'
import { Breadcrumb } from '../ui/breadcrumb'
import { Button } from '../ui/button'
import { Card } from '../ui/card'
import { Elapsed } from '../ui/elapsed'
import { CommandLine, EmptyState } from '../ui/empty-state'
import { MEMORY_LIMITS, Meter } from '../ui/meter'
import { Notice } from '../ui/notice'
import { Skeleton } from '../ui/skeleton'
import { Sparkline } from '../ui/sparkline'
import { ConnectionStatus, JobStatus, Status } from '../ui/status'
import { Table } from '../ui/table'
import { TimeAgo } from '../ui/time'
import { Section, Shown } from './section'

const BADGES: BadgeTone[] = ['plain', 'accent', 'good', 'warn', 'bad', 'info']
const BUSY = [3, 8, 22, 61, 92, 97, 95, 98, 96, 40, 35, 90, 97, 99, 98, 97, 52, 12, 6, 4]
const GAPS = [20, 40, 35, null, null, 60, null, 80, 75, 78]

/** What is looked at. */
export function Display() {
  return (
    <Section title="Display">
      <Shown name="Status">
        {(['good', 'warn', 'bad', 'idle', 'busy'] as const).map((tone) => (
          <Status key={tone} tone={tone}>
            {tone}
          </Status>
        ))}
        <ConnectionStatus status="connected" />
        <ConnectionStatus status="reconnecting" />
        <JobStatus status="failed" />
        <JobStatus status="cancelled" />
      </Shown>
      <Shown name="Badge">
        {BADGES.map((tone) => (
          <Badge key={tone} tone={tone}>
            {tone}
          </Badge>
        ))}
      </Shown>
      <Shown name="Meter">
        <div className="grid w-full gap-4 sm:grid-cols-4">
          <Meter label="Utilization" value={97} max={100} text="97 %" />
          <Meter label="Memory" value={70} max={80} text="70 of 80 GB" limits={MEMORY_LIMITS} />
          <Meter label="Memory" value={79} max={80} text="79 of 80 GB" limits={MEMORY_LIMITS} />
          <Meter label="Power" value={null} max={700} text="unknown" />
        </div>
      </Shown>
      <Shown name="Sparkline">
        <div className="grid w-full gap-4 sm:grid-cols-3">
          <Sparkline values={BUSY} max={100} />
          <Sparkline values={GAPS} max={100} className="text-info" />
          <Sparkline values={BUSY.map(() => null)} />
        </div>
      </Shown>
      <Shown name="Card, Table">
        <div className="w-full min-w-0">
          <Card title="Processes" actions={<Button size="sm">Refresh</Button>} flush>
            <Table
              caption="Processes"
              head={['Command', 'User', { label: 'Memory', numeric: true }, 'Since']}
            >
              {['python train.py', 'python -m vllm.entrypoints'].map((command, index) => (
                <tr key={command}>
                  <td className="font-mono">{command}</td>
                  <td>ada</td>
                  <td className="text-right tabular-nums">{(index + 1) * 18_432} MiB</td>
                  <td className="text-soft">
                    <TimeAgo at="2026-11-01T08:00:00Z" />
                  </td>
                </tr>
              ))}
            </Table>
          </Card>
        </div>
      </Shown>
      <Shown name="Breadcrumb">
        <Breadcrumb trail={[{ href: '/connections', text: 'Machines' }]} here="dgx-a100" />
      </Shown>
      <Shown name="TimeAgo, Elapsed">
        <TimeAgo at="2026-11-01T08:00:00Z" />
        <TimeAgo at={null} />
        <span className="tabular-nums">
          <Elapsed from="2026-11-01T08:00:00Z" to="2026-11-01T13:42:00Z" now={0} />
        </span>
        <Elapsed from={null} to={null} now={0} />
      </Shown>
      <Shown name="Notice">
        <div className="grid w-full gap-3 sm:grid-cols-2">
          <Notice tone="info" title="The driver is older than CUDA 13 wants" />
          <Notice tone="good" title="All eight GPUs answer" />
          <Notice tone="warning" title="dgx-2 was last heard of 40 s ago">
            Values below are from then.
          </Notice>
          <Notice tone="error" title="The host key has changed">
            Compare it with what the machine's owner says before you trust it.
          </Notice>
        </div>
      </Shown>
      <Shown name="Skeleton">
        <div className="flex w-full max-w-sm flex-col gap-2">
          <Skeleton className="h-5 w-40" />
          <Skeleton />
          <Skeleton className="w-2/3" />
        </div>
      </Shown>
      <Shown name="EmptyState">
        <EmptyState title="No machine yet" icon={<Server />}>
          <p>Add one that you reach over SSH, or see what it would look like:</p>
          <CommandLine>npm run demo</CommandLine>
          <Button kind="primary">Add a machine</Button>
        </EmptyState>
      </Shown>
    </Section>
  )
}
