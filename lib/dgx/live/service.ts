import { getConnectionRecord, listConnectionRecords } from '../connections/records'
import { latestMetrics } from '../gpu/service'
import { LiveLogs } from '../jobs/logs/live-logs'
import { findLogRun } from '../jobs/logs/run'
import { changedJobs } from '../jobs/records'
import { runtime } from '../runtime'
import type { LiveEvent, Topic } from './events'
import { LiveMessage, type Subscription } from './hub'
import type { StreamedEvent } from './schema'

/** So often a silent stream says that it is alive; half of what proxies usually wait. */
export const PING_EVERY_MS = 15_000

/** A subscription to nothing yet. Whoever asks for it closes it. */
export function openSubscription(): Subscription {
  return runtime().hub.subscribe()
}

/**
 * Adds topics, and sends what is true now: the state of each connection, the newest sample of
 * each machine, and before it what was sampled after `since` (ms since 1970); the jobs that have
 * changed after `since`, and that other records have; the end of each log.
 * @throws DgxError connection_not_found, job_not_found, job_not_managed, ambiguous_name; then no
 *   topic was added
 */
export async function subscribe(options: {
  subscription: Subscription
  topics: readonly Topic[]
  since?: number | undefined
}): Promise<void> {
  const { subscription, since } = options
  const topics = await Promise.all(options.topics.map(withId))
  const now = await Promise.all(topics.map((topic) => snapshot(topic, since)))
  // A page is drawn a moment before it subscribes.
  if (since !== undefined) now.push(topics.flatMap((topic) => runtime().hub.changes(topic, since)))
  for (const topic of topics) {
    if (topic.startsWith(JOB_LOG)) followLog(subscription, topic)
    else subscription.topics.add(topic)
  }
  // What was missed goes first, of all machines: who has seen one newest sample has seen the past
  // of the others, and may go on from there.
  const isMissed = ({ type }: LiveEvent) => type === 'backfill'
  const events = now.flat().sort((a, b) => Number(isMissed(b)) - Number(isMissed(a)))
  for (const event of events) subscription.push(new LiveMessage(event))
}

/** Removes topics; one that names nothing is none to remove. */
export async function unsubscribe(options: {
  subscription: Subscription
  topics: readonly Topic[]
}): Promise<void> {
  for (const topic of options.topics)
    options.subscription.drop(await withId(topic).catch(() => topic))
}

const JOB_LOG = 'job-log:'

/** Whoever comes to a log that others follow gets its last part, and goes on with them from there. */
function followLog(subscription: Subscription, topic: Topic): void {
  if (subscription.topics.has(topic)) return
  const holder = runtime()
  holder.liveLogs ??= new LiveLogs()
  const { recent, release } = holder.liveLogs.hold(topic.slice(JOB_LOG.length))
  subscription.hold(topic, release)
  for (const event of recent) subscription.push(new LiveMessage(event))
}

/** A machine or a job may be named; events carry its id. */
async function withId(topic: Topic): Promise<Topic> {
  if (topic.startsWith(JOB_LOG)) {
    const { job_id } = await findLogRun({ id: topic.slice(JOB_LOG.length) })
    return `${JOB_LOG}${job_id}`
  }
  if (!topic.startsWith('metrics:')) return topic
  const { id } = await getConnectionRecord({ id: topic.slice('metrics:'.length) })
  return `metrics:${id}`
}

async function snapshot(topic: Topic, since: number | undefined): Promise<LiveEvent[]> {
  if (topic === 'jobs') return since === undefined ? [] : jobsOf(since)
  if (topic === 'approvals') return [{ type: 'approvals', waiting: runtime().approvals.list() }]
  if (topic === 'projects' || topic.startsWith(JOB_LOG)) return []
  if (topic.startsWith('metrics:')) return metricsOf(topic.slice('metrics:'.length), since)
  const { items } = await listConnectionRecords({ limit: 1000 })
  if (topic === 'metrics') return items.flatMap(({ id }) => metricsOf(id, since))
  return items.map(({ id }) => {
    const state = runtime().hosts.find(id)?.state
    return {
      type: 'connection',
      connection_id: id,
      status: state?.status ?? 'disconnected',
      last_error: state?.last_error ?? null,
      connected_at: state?.connected_at ?? null,
    }
  })
}

/** Who has lost more than this reads the list again anyway. */
const MOST_MISSED_JOBS = 100

/** A job may change between the drawing of a page and its first subscription. */
async function jobsOf(since: number): Promise<LiveEvent[]> {
  const jobs = await changedJobs({ since: new Date(since), limit: MOST_MISSED_JOBS })
  return jobs.map((job) => ({ type: 'job', job }))
}

function metricsOf(connectionId: string, since: number | undefined): LiveEvent[] {
  const metrics = latestMetrics({ id: connectionId })
  const samples = since === undefined ? [] : runtime().recent.list(connectionId, since)
  return [
    ...(samples.length > 0
      ? [{ type: 'backfill' as const, connection_id: connectionId, samples }]
      : []),
    ...(metrics ? [{ type: 'metrics' as const, connection_id: connectionId, metrics }] : []),
  ]
}

/**
 * The events of some topics as they happen, until the caller returns or `signal` aborts; a ping
 * every 15 s in between.
 * @throws DgxError connection_not_found, ambiguous_name
 */
export async function streamLive(options: {
  topics: readonly Topic[]
  since?: number | undefined
  signal: AbortSignal
}): Promise<AsyncGenerator<StreamedEvent, void, undefined>> {
  const subscription = openSubscription()
  try {
    await subscribe({ ...options, subscription })
  } catch (error) {
    subscription.close()
    throw error
  }
  return events(subscription, options.signal)
}

async function* events(
  subscription: Subscription,
  signal: AbortSignal,
): AsyncGenerator<StreamedEvent, void, undefined> {
  const close = () => subscription.close()
  signal.addEventListener('abort', close, { once: true })
  if (signal.aborted) close()
  try {
    for (;;) {
      const message = await subscription.next(PING_EVERY_MS)
      if (message === null) return
      yield message === 'idle' ? { type: 'ping', at: new Date().toISOString() } : message.event
    }
  } finally {
    signal.removeEventListener('abort', close)
    close()
  }
}

/** The last samples of a machine, oldest first: what a page draws before the first live one. */
export function recentSamples({ id, since = 0 }: { id: string; since?: number }) {
  return runtime().recent.list(id, since)
}
