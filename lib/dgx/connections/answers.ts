import { z } from 'zod'
import { errorCode } from '../errors'
import { moment } from '../fields'
import { connectionState } from '../ssh/schema'

/** What is answered about connections. */

const ID = '3f0c2a5e-7d41-4b7e-9a55-1c2e8f60b9d4'
const FINGERPRINT = 'SHA256:Vt0mE3xA1qkYw7cJp5bZ8nR2sLh4dGfQ6uXoKiT9yWc'

/** A connection as it is stored; what is true of it now is added by the service. */
export const connectionRecord = z.strictObject({
  id: z.string(),
  name: z.string(),
  hostname: z.string(),
  username: z.string(),
  ssh_key_path: z.string().nullable(),
  port: z.number().int(),
  is_active: z
    .boolean()
    .describe('Your wish: true after connect, false after disconnect. It outlives a restart.'),
  sample_interval_ms: z.number().int(),
  position: z.number().int().describe('Its place in your own order, from 0.'),
  read_only: z.boolean().describe('See `PUT /connections/:id/safety`.'),
  last_connected_at: moment.nullable(),
  created_at: moment,
  updated_at: moment,
})
export type Connection = z.infer<typeof connectionRecord>

const { status, last_error, host_key_fingerprint } = connectionState.shape

export const connection = connectionRecord
  .extend({ status, last_error, host_key_fingerprint })
  .describe("A connection's record with what is true of it now.")
  .meta({
    id: 'Connection',
    examples: [
      {
        id: ID,
        name: 'dgx-1',
        hostname: 'dgx.example.com',
        username: 'ubuntu',
        ssh_key_path: '~/.ssh/id_ed25519',
        port: 22,
        is_active: true,
        sample_interval_ms: 2000,
        position: 0,
        read_only: false,
        last_connected_at: '2026-11-23T19:48:31.120Z',
        created_at: '2026-11-23T19:48:27.784Z',
        updated_at: '2026-11-23T19:48:27.784Z',
        status: 'connected',
        last_error: null,
        host_key_fingerprint: FINGERPRINT,
      },
    ],
  })
export type ConnectionWithStatus = z.infer<typeof connection>

export const connectionStatusAnswer = z
  .strictObject({
    connection_id: z.string(),
    name: z.string(),
    connected: z.boolean(),
    is_active: connectionRecord.shape.is_active,
    last_connected_at: moment.nullable(),
    ...connectionState.shape,
    commands_waiting: z.number().int().describe('Commands that wait for a free slot.'),
  })
  .meta({
    id: 'ConnectionStatus',
    examples: [
      {
        connection_id: ID,
        name: 'dgx-1',
        status: 'connected',
        connected: true,
        is_active: true,
        last_error: null,
        connected_at: '2026-11-23T19:48:31.120Z',
        last_connected_at: '2026-11-23T19:48:31.120Z',
        host_key_fingerprint: FINGERPRINT,
        host_key_type: 'ssh-ed25519',
        is_first_contact: false,
        refused_host_key: null,
        commands_waiting: 0,
      },
    ],
  })
export type ConnectionStatusAnswer = z.infer<typeof connectionStatusAnswer>

export const fleetStatus = z
  .strictObject({
    active: connectionStatusAnswer
      .nullable()
      .describe('The machine that connected last; null when none is connected.'),
    connected_count: z.number().int(),
    connections: z.array(connectionStatusAnswer),
  })
  .meta({ id: 'FleetStatus' })

/** What deleting a connection takes away, and what of it `cascade` decides. */
export const connectionContents = z
  .strictObject({
    connection_id: z.string(),
    samples: z.number().int().describe('Samples and averages of GPUs and host.'),
    samples_since: moment.nullable().describe('Since when there are any.'),
    health_events: z.number().int(),
    projects: z.number().int().describe('Stay unless `cascade`.'),
    jobs: z.number().int().describe('Stay unless `cascade`.'),
    running_jobs: z.number().int(),
  })
  .meta({
    id: 'ConnectionContents',
    examples: [
      {
        connection_id: ID,
        samples: 412870,
        samples_since: '2026-11-02T08:12:00.000Z',
        health_events: 3,
        projects: 2,
        jobs: 17,
        running_jobs: 1,
      },
    ],
  })
export type ConnectionContents = z.infer<typeof connectionContents>

export const connectionOrder = z
  .strictObject({ ids: z.array(z.string()).describe('All, in their new order.') })
  .meta({
    id: 'ConnectionOrder',
    examples: [{ ids: ['9a1f7f0e-2a37-4c0b-8d55-0b9c1d2e3f40', ID] }],
  })

export const TEST_STEPS = [
  'resolve',
  'tcp',
  'host_key',
  'authentication',
  'shell',
  'nvidia_smi',
] as const
export type TestStepName = (typeof TEST_STEPS)[number]

const testStep = z
  .strictObject({
    step: z.enum(TEST_STEPS),
    status: z.enum(['ok', 'failed', 'skipped']),
    message: z.string(),
    code: errorCode.nullable(),
    duration_ms: z.number(),
  })
  .meta({
    id: 'TestStep',
    examples: [
      {
        step: 'resolve',
        status: 'ok',
        message: 'ubuntu@dgx.example.com:22',
        code: null,
        duration_ms: 20,
      },
    ],
  })
export type TestStep = z.infer<typeof testStep>

export const connectionTest = z
  .strictObject({
    ok: z.boolean(),
    steps: z.array(testStep),
    host_key: z
      .strictObject({
        type: z.string(),
        fingerprint: z.string(),
        expected_fingerprint: z.string().nullable().describe('The known one, when it has changed.'),
        is_new: z.boolean().describe('It was not known before; a test remembers nothing.'),
      })
      .nullable(),
  })
  .meta({ id: 'ConnectionTest' })
export type ConnectionTest = z.infer<typeof connectionTest>

/** What a test says as it goes: a step begins, a step is done, and at last all of it. */
export const testEvent = z
  .union([
    z.strictObject({
      type: z.literal('step'),
      step: z.enum(TEST_STEPS),
      status: z.literal('running'),
    }),
    testStep.extend({ type: z.literal('step') }),
    connectionTest.extend({ type: z.literal('result') }),
  ])
  .meta({ id: 'TestEvent' })
export type TestEvent = z.infer<typeof testEvent>

export const hostToImport = z
  .strictObject({
    name: z.string(),
    hostname: z.string().describe('Its alias, so that the rest of the ssh config applies.'),
    address: z.string().describe('What the config says the alias stands for.'),
    username: z.string(),
    port: z.number().int(),
    ssh_key_path: z.string().nullable(),
    proxy_jump: z.string().nullable(),
    connection: z
      .strictObject({ id: z.string(), name: z.string() })
      .nullable()
      .describe('The one that has its place, or its name, already.'),
  })
  .meta({
    id: 'HostToImport',
    examples: [
      {
        name: 'lab-a100',
        hostname: 'lab-a100',
        address: '10.20.0.7',
        username: 'mia',
        port: 22,
        ssh_key_path: null,
        proxy_jump: 'gate.example.com',
        connection: null,
      },
    ],
  })
export type HostToImport = z.infer<typeof hostToImport>
