import type { PrismaClient } from '../../db/generated/client'
import type { HostKeyStore } from '../ssh/connection'
import type { HostKey } from '../ssh/host-keys'

/** Host keys accepted for a connection, in the database. */
export class HostKeyRecords implements HostKeyStore {
  readonly #database: PrismaClient

  constructor(database: PrismaClient) {
    this.#database = database
  }

  async list(connectionId: string, address: string): Promise<HostKey[]> {
    const rows = await this.#database.hostKey.findMany({
      where: { connection_id: connectionId, address },
    })
    return rows.map((row) => ({
      address: row.address,
      keyType: row.key_type,
      keyBase64: row.key_base64,
      fingerprint: row.fingerprint,
    }))
  }

  async add(connectionId: string, key: HostKey): Promise<void> {
    await this.#database.hostKey.createMany({ data: [toRow(connectionId, key)] })
  }

  /** Puts a key in the place of all that were accepted for its address before. */
  async replace(connectionId: string, key: HostKey): Promise<void> {
    await this.#database.$transaction([
      this.#database.hostKey.deleteMany({
        where: { connection_id: connectionId, address: key.address },
      }),
      this.#database.hostKey.create({ data: toRow(connectionId, key) }),
    ])
  }
}

function toRow(connectionId: string, key: HostKey) {
  return {
    connection_id: connectionId,
    address: key.address,
    key_type: key.keyType,
    key_base64: key.keyBase64,
    fingerprint: key.fingerprint,
    trusted_at: new Date(),
  }
}
