import { z } from 'zod'
import type { Topic } from './events'

const MOST_TOPICS = 200

/** `connections`, `projects`, `jobs`, `metrics`, `metrics:<connection>` or `job-log:<job>`. */
export const topic = z
  .string()
  .max(300)
  .regex(
    /^(connections|projects|jobs|metrics|metrics:.+|job-log:.+)$/,
    'is not one of connections, projects, jobs, metrics, metrics:<connection>, job-log:<job>',
  )
  .transform((text) => text as Topic)

/** Milliseconds since 1970: samples after it are sent first, as far as memory goes back. */
const since = z.coerce.number().int().min(0)

/** What a client says over the WebSocket. */
export const liveRequest = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('subscribe'),
    topics: z.array(topic).max(MOST_TOPICS),
    since: since.optional(),
  }),
  z.strictObject({ type: z.literal('unsubscribe'), topics: z.array(topic).max(MOST_TOPICS) }),
])

export const liveQuery = z.strictObject({
  topics: z
    .string()
    .default('connections,projects,jobs,metrics')
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(z.array(topic).max(MOST_TOPICS)),
  since: since.optional(),
})

export const streamQuery = z.strictObject({ since: since.optional() })
