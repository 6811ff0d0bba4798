'use client'

import { Hourglass, Unplug } from 'lucide-react'
import type { Metrics } from '@/lib/dgx/gpu/types'
import { type ConnectionNow, useConnection, useMetrics, useTopic } from '../live/use-live'
import { Card } from '../ui/card'
import { EmptyState } from '../ui/empty-state'
import { CopyCurl } from './copy-curl'
import { HardwareFacts } from './hardware-facts'
import { HostFacts } from './host-facts'
import { PaleWhenOld } from './live-status'
import { MachineGpus } from './machine-gpus'
import { MachineProcesses } from './machine-processes'
import { UnifiedMemory } from './unified-memory'

type Watched = {
  connectionId: string
  sampleIntervalMs: number
  firstState: ConnectionNow
  firstMetrics: Metrics | null
}

function useMachine({ connectionId, firstState, firstMetrics }: Watched) {
  useTopic(`metrics:${connectionId}`)
  const { status } = useConnection(connectionId, firstState)
  const metrics = useMetrics(connectionId, firstMetrics)
  return { status, isShown: status === 'connected' || status === 'reconnecting', metrics }
}

const curlOf = (connectionId: string, what: string) => (
  <CopyCurl path={`metrics/${connectionId}`} what={what} />
)

/** What the GPUs of a machine do now, or why that is not known. */
export function MachineNow(machine: Watched) {
  const { connectionId, sampleIntervalMs } = machine
  const { status, isShown, metrics } = useMachine(machine)
  if (!isShown) {
    return (
      <EmptyState title="Not connected" icon={<Unplug />}>
        <p>
          Nothing is known of its GPUs now. Connect it to see them, run commands and open terminals.
        </p>
      </EmptyState>
    )
  }
  if (!metrics && status === 'reconnecting') {
    return (
      <EmptyState title="Not connected yet" icon={<Unplug />}>
        <p>It is tried again and again. Its GPUs appear here as soon as it answers.</p>
      </EmptyState>
    )
  }
  if (!metrics) {
    return (
      <EmptyState title="Waiting for the first sample" icon={<Hourglass />}>
        <p>It comes within a few seconds of connecting.</p>
      </EmptyState>
    )
  }
  const curl = (what: string) => curlOf(connectionId, what)
  return (
    <PaleWhenOld metrics={metrics} sampleIntervalMs={sampleIntervalMs}>
      <Card title="GPUs now" actions={curl('GPUs now')}>
        {metrics.gpus.length > 0 ? (
          <MachineGpus metrics={metrics} />
        ) : (
          <p className="text-soft">No GPU could be read. Why is said at the top of this page.</p>
        )}
      </Card>
      {metrics.gpus.some((gpu) => gpu.memory_kind === 'unified') && (
        <Card title="Memory" actions={curl('memory')}>
          <UnifiedMemory metrics={metrics} />
        </Card>
      )}
    </PaleWhenOld>
  )
}

/** The rest of what is known of a machine now; nothing while it is away. */
export function MachineDetails({
  jobNames,
  ...machine
}: Watched & { jobNames: Record<string, string> }) {
  const { connectionId, sampleIntervalMs } = machine
  const { isShown, metrics } = useMachine(machine)
  if (!isShown || !metrics) return null
  const curl = (what: string) => curlOf(connectionId, what)
  return (
    <PaleWhenOld metrics={metrics} sampleIntervalMs={sampleIntervalMs}>
      <Card title="Processes" actions={curl('processes')} flush>
        <MachineProcesses gpus={metrics.gpus} jobNames={jobNames} />
      </Card>
      <Card title="Host" actions={curl('host')}>
        <HostFacts host={metrics.host} />
      </Card>
      <Card title="Driver and hardware" actions={curl('driver and hardware')} flush>
        <HardwareFacts gpus={metrics.gpus} />
      </Card>
    </PaleWhenOld>
  )
}
