import { runtime } from '../runtime'
import { getMachineRecord, type MachineRecord } from './records'

/** What commands need to know of a machine, from memory. @throws DgxError connection_not_found */
export function findMachine(reference: string): Promise<MachineRecord> {
  return runtime().targets.find(reference, () => getMachineRecord(reference))
}
