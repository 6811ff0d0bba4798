import { runtime } from '../runtime'
import { checkJob } from '../safety/gate'
import { prepareOrder } from './order'
import type { DryRun } from './queue-answers'
import { isManaged } from './records'
import type { JobInput } from './schema'

const NOWHERE = {
  ...{ connection_id: null, connection_name: null, gpu_uuids: null, gpu_indices: null },
  ...{ wait_reason: null, queue_position: null },
}

/**
 * Checks a job as `createJob` does, and stores nothing.
 * @throws DgxError as `createJob`
 */
export async function dryRunJob(input: JobInput): Promise<DryRun> {
  if (!isManaged(input)) {
    const status_message = 'It would be tracked by hand: it has no command to run.'
    return { dry_run: true, ...NOWHERE, would: 'be_tracked_by_hand', status_message }
  }
  const order = await prepareOrder(input)
  const question = await checkJob(order)
  const first = question ? 'After a person has allowed it: ' : ''
  const id = '(new)'
  const { waiting, decisions } = await runtime().scheduler.plan({
    ...{ ...order, id, queued_at: new Date(), wait_reason: null, status_message: null },
  })
  const decision = decisions.get(id)
  if (decision?.machine) {
    const { machine, gpus } = decision
    const indices = gpus.flatMap(({ index }) => index ?? [])
    const on = gpus.length === 0 ? 'without a GPU' : `on GPU ${indices.join(', ')}`
    return {
      ...{ dry_run: true, ...NOWHERE, would: 'start_now' },
      ...{ connection_id: machine.id, connection_name: machine.name },
      gpu_uuids: gpus.map(({ uuid }) => uuid),
      gpu_indices: indices,
      status_message: `${first}It would start now on ${machine.name}, ${on}.`,
    }
  }
  const before = waiting.filter((job) => decisions.get(job.id)?.machine === null)
  return {
    ...{ dry_run: true, ...NOWHERE, would: 'wait' },
    wait_reason: decision?.wait_reason ?? null,
    status_message: `${first}${decision?.message ?? ''}`,
    queue_position: before.findIndex((job) => job.id === id) + 1,
  }
}
