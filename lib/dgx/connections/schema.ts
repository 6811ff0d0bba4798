import { z } from 'zod'
import { ignoring, line, name, queryFlag, reference } from '../fields'
import { pageQuery, sortBy } from '../pagination'

/** A host name, an address or an alias of the ssh config. Never looks like an option. */
const hostname = line(253).regex(
  /^[A-Za-z0-9_[:][A-Za-z0-9_.:%[\]-]*$/,
  'is not a host name or address',
)
const username = line(64).regex(/^[A-Za-z0-9_.][A-Za-z0-9_.@\\$+-]*$/, 'is not a user name')
const port = z.number().int().min(1, 'must be 1 to 65535').max(65_535, 'must be 1 to 65535')
const keyPath = line(4096).nullable()
const sampleInterval = z
  .number()
  .int()
  .min(1_000, 'must be at least 1000: nvidia-smi itself averages over a second')
  .max(3_600_000, 'must be at most 3600000 (an hour)')

const address = {
  hostname,
  username,
  ssh_key_path: keyPath.default(null),
  port: port.default(22),
}

export const connectionInput = z.strictObject({
  name,
  ...address,
  sample_interval_ms: sampleInterval.default(2_000),
})
export type ConnectionInput = z.infer<typeof connectionInput>

const READ_ONLY = [
  'id',
  'is_active',
  'position',
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
)
export type ConnectionUpdate = z.infer<typeof connectionUpdate>

/** Asked per connect, kept in memory only, never stored. */
const secrets = {
  passphrase: z.string().max(4096).optional(),
  password: z.string().max(4096).optional(),
}
export const connectInput = z.strictObject(secrets)
export const connectionTestInput = z.strictObject({
  ...address,
  ...secrets,
  name: name.optional(),
  /** A saved connection whose accepted host keys count in the test. */
  connection_id: reference.optional(),
})
export const trustInput = z.strictObject({ fingerprint: line(200) })

export const connectionListQuery = pageQuery.extend({
  sort: sortBy('created', 'name', 'position').optional(),
})
export type ConnectionListQuery = z.infer<typeof connectionListQuery>

/** Ids or names of machines, in the order they shall have. */
export const reorderInput = z.strictObject({
  ids: z.array(reference).min(1, 'is empty').max(1000, 'names more than 1000'),
})

export const deleteQuery = z.strictObject({ cascade: queryFlag, force: queryFlag })
