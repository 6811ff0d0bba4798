/** A process of its own with many simulated machines, so that their cost is not measured. */
import ssh2 from 'ssh2'
import { demoMachines } from '@/demo/machines'
import { startSimulatedHost } from '@/e2e/testbed/simulated-host'

const count = Number(process.argv[2])
const machine = demoMachines().find(({ gpus }) => gpus.length === 8)
if (!machine) throw new Error('the demo has a machine with eight GPUs')
const hostKey = ssh2.utils.generateKeyPairSync('ed25519').private
const hosts = await Promise.all(
  Array.from({ length: count }, (_, i) => {
    const gpus = machine.gpus.map((gpu) => ({ ...gpu, uuid: `${gpu.uuid}-${i}` }))
    return startSimulatedHost({ machine: { ...machine, gpus }, hostKey })
  }),
)
process.send?.(hosts.map(({ port }) => port))
