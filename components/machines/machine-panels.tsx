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

/** What a machine does now, panel by panel, as its samples come. */
export function MachinePanels({
  connectionId,
  sampleIntervalMs,
  firstState,
  firstMetrics,
}: {
  connectionId: string
  sampleIntervalMs: number
  firstState: ConnectionNow
  firstMetrics: Metrics | null
}) {
  useTopic(`metrics:${connectionId}`)
  const { status } = useConnection(connectionId, firstState)
  const metrics = useMetrics(connectionId, firstMetrics)
  if (status !== 'connected' && status !== 'reconnecting') {
    return (
      <EmptyState title="Not connected" icon={<Unplug />}>
        <p>
          Nothing is known of its GPUs now. Connect it to see them, run commands and open terminals.
        </p>
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
  const curl = (what: string) => <CopyCurl path={`metrics/${connectionId}`} what={what} />
  return (
    <PaleWhenOld metrics={metrics} sampleIntervalMs={sampleIntervalMs}>
      <Card title="GPUs now" actions={curl('GPUs now')}>
        {metrics.gpus.length > 0 ? (
          <MachineGpus gpus={metrics.gpus} />
        ) : (
          <p className="text-soft">No GPU could be read. Why is said at the top of this page.</p>
        )}
      </Card>
      {metrics.gpus.some((gpu) => gpu.memory_kind === 'unified') && (
        <Card title="Memory" actions={curl('memory')}>
          <UnifiedMemory metrics={metrics} />
        </Card>
      )}
      <Card title="Processes" actions={curl('processes')}>
        <MachineProcesses gpus={metrics.gpus} />
      </Card>
      <Card title="Host" actions={curl('host')}>
        <HostFacts host={metrics.host} />
      </Card>
      <Card title="Driver and hardware" actions={curl('driver and hardware')}>
        <HardwareFacts gpus={metrics.gpus} />
      </Card>
    </PaleWhenOld>
  )
}
