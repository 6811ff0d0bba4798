import type { GpuDetails, GpuSample } from '@/lib/dgx/gpu/types'
import { number, UNKNOWN } from '../format'
import { Table } from '../ui/table'

const HEAD = [
  'GPU',
  'Name',
  'Driver',
  'VBIOS',
  'PCIe link',
  'Bus',
  'Compute',
  'Power limit',
  'ECC',
  'MIG',
  'Persistence',
  'Serial',
  'UUID',
] as const

/** What changes rarely: read once a minute. */
export function HardwareFacts({ gpus }: { gpus: GpuSample[] }) {
  return (
    <Table caption="Driver and hardware of each GPU" head={HEAD}>
      {gpus.map((gpu) => {
        const { details } = gpu
        return (
          <tr key={gpu.uuid} className="whitespace-nowrap text-xs tabular-nums">
            <td>{gpu.index ?? '?'}</td>
            <td>{gpu.name ?? UNKNOWN}</td>
            <td>{details?.driver_version ?? UNKNOWN}</td>
            <td className="font-mono">{details?.vbios_version ?? UNKNOWN}</td>
            <td>{pcieLink(details)}</td>
            <td className="font-mono">{gpu.pci_bus_id ?? UNKNOWN}</td>
            <td>{details?.compute_cap ?? UNKNOWN}</td>
            <td title="Set now, and the default">{powerLimit(gpu)}</td>
            <td>{ecc(details)}</td>
            <td>{details?.mig_mode ?? UNKNOWN}</td>
            <td>{details?.persistence_mode ?? UNKNOWN}</td>
            <td className="font-mono">{details?.serial ?? UNKNOWN}</td>
            <td className="font-mono">{gpu.uuid}</td>
          </tr>
        )
      })}
    </Table>
  )
}

/** `gen 4 of 4, x16 of 16`: an idle GPU lowers its generation to save power. */
function pcieLink(details: GpuDetails | null): string {
  if (!details || details.pcie_link_gen === null) return UNKNOWN
  const { pcie_link_gen, pcie_link_gen_max, pcie_link_width, pcie_link_width_max } = details
  return `gen ${pcie_link_gen} of ${number(pcie_link_gen_max)}, x${number(pcie_link_width)} of ${number(pcie_link_width_max)}`
}

function ecc(details: GpuDetails | null): string {
  if (!details?.ecc_mode) return UNKNOWN
  const { ecc_mode, ecc_corrected_volatile, ecc_uncorrected_volatile } = details
  if (ecc_corrected_volatile === null && ecc_uncorrected_volatile === null) return ecc_mode
  return `${ecc_mode}, ${number(ecc_corrected_volatile)} corrected, ${number(ecc_uncorrected_volatile)} not`
}

function powerLimit({ power_limit_watts, details }: GpuSample): string {
  const usual = details?.power_default_limit_watts ?? null
  if (power_limit_watts === null && usual === null) return UNKNOWN
  return `${number(power_limit_watts)} of ${number(usual, ' W')}`
}
