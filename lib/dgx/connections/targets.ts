import type { MachineRecord } from './records'

/**
 * Where machines are, by the id or name they were asked for: a short command should not wait for
 * the database. Records change in this process only.
 */
export class ConnectionTargets {
  readonly #known = new Map<string, MachineRecord>()
  #changes = 0

  /** @param read finds it when it is not known; its failure is the caller's and not kept */
  async find(reference: string, read: () => Promise<MachineRecord>): Promise<MachineRecord> {
    const known = this.#known.get(reference)
    if (known) return known
    const changes = this.#changes
    const target = await read()
    // What was read before a change may be wrong after it.
    if (changes === this.#changes) this.#known.set(reference, target)
    return target
  }

  /** To be called after a record was changed or removed. */
  forget(): void {
    this.#changes += 1
    this.#known.clear()
  }
}
