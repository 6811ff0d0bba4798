import { z } from 'zod'
import { ignoring, line, name, queryFlag, reference } from '../fields'
import { pageQuery, sortBy } from '../pagination'

/** A host name, an address or an alias of the ssh config. Never looks like an option. */
const hostname = line(253)
  .regex(/^[A-Za-z0-9_[:][A-Za-z0-9_.:%[\]-]*$/, 'is not a host name or address')
  .describe('A name, an address, or an alias of your ssh configuration.')
const username = line(64).regex(/^[A-Za-z0-9_.][A-Za-z0-9_.@\\$+-]*$/, 'is not a user name')
const port = z
  .number()
  .int()
  .min(1, 'must be 1 to 65535')
  .max(65_535, 'must be 1 to 65535')
  .describe('As in ssh, 22 gives way to a port of your ssh configuration.')
const keyPath = line(4096)
  .nullable()
  .describe(
    'Null: the agent, then the keys of your ssh configuration, else your default keys. `~` is your home folder. Only the path is stored, never the key.',
  )
const sampleInterval = z
  .number()
  .int()
  .min(1_000, 'must be at least 1000: nvidia-smi itself averages over a second')
  .max(3_600_000, 'must be at most 3600000 (an hour)')
  .describe('How often its GPUs are sampled.')

const address = {
  hostname,
  username,
  ssh_key_path: keyPath.default(null),
  port: port.default(22),
}

const DGX_1 = {
  name: 'dgx-1',
  hostname: 'dgx.example.com',
  username: 'ubuntu',
  ssh_key_path: '~/.ssh/id_ed25519',
}

export const connectionInput = z
  .strictObject({
    name: name.describe('Unique.'),
    ...address,
    sample_interval_ms: sampleInterval.default(2_000),
  })
  .meta({ id: 'ConnectionInput', examples: [DGX_1] })
export type ConnectionInput = z.infer<typeof connectionInput>

const READ_ONLY = [
  'id',
  'is_active',
  'position',
  'read_only',
  'last_connected_at',
  'created_at',
  'updated_at',
  'status',
  'last_error',
  'host_key_fingerprint',
]

export const connectionUpdate = ignoring(
  READ_ONLY,
  z
    .strictObject({
      name,
      hostname,
      username,
      ssh_key_path: keyPath,
      port,
      sample_interval_ms: sampleInterval,
    })
    .partial(),
).meta({ id: 'ConnectionUpdate', examples: [{ sample_interval_ms: 1000 }] })
export type ConnectionUpdate = z.infer<typeof connectionUpdate>

/** Asked per connect, kept in memory only, never stored. */
const secrets = {
  passphrase: z.string().max(4096).optional().describe('Of the key. Never stored.'),
  password: z.string().max(4096).optional().describe('Of the user. Never stored.'),
}
export const connectInput = z.strictObject(secrets).meta({ id: 'ConnectInput', examples: [{}] })
export const connectionTestInput = z
  .strictObject({
    ...address,
    ...secrets,
    name: name.optional(),
    connection_id: reference
      .optional()
      .describe('A saved connection whose accepted host keys count in the test.'),
  })
  .meta({
    id: 'ConnectionTestInput',
    examples: [{ hostname: 'dgx.example.com', username: 'ubuntu', port: 2222 }],
  })

const FINGERPRINT = 'SHA256:Vt0mE3xA1qkYw7cJp5bZ8nR2sLh4dGfQ6uXoKiT9yWc'
export const trustInput = z
  .strictObject({ fingerprint: line(200) })
  .meta({ id: 'TrustInput', examples: [{ fingerprint: FINGERPRINT }] })

export const connectionListQuery = pageQuery.extend({
  sort: sortBy('created', 'name', 'position')
    .optional()
    .describe('With `-` in front it descends. Without it the newest come first.'),
})
export type ConnectionListQuery = z.infer<typeof connectionListQuery>

/** Ids or names of machines, in the order they shall have. */
export const reorderInput = z
  .strictObject({
    ids: z.array(reference).min(1, 'is empty').max(1000, 'names more than 1000'),
  })
  .meta({ id: 'ConnectionOrderInput', examples: [{ ids: ['dgx-2', 'dgx-1'] }] })

export const deleteQuery = z.strictObject({
  cascade: queryFlag.describe('Its projects and jobs go, too.'),
  force: queryFlag,
})
