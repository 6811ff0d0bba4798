import type { GpuDetails, GpuSample } from '@/lib/dgx/gpu/types'
import { number, UNKNOWN } from '../format'
import { Table } from '../ui/table'
import { modelsOf } from './gpu-summary'

type Fact = { label: string; of: (gpu: GpuSample) => string; isCode?: boolean; title?: string }

const FACTS: readonly Fact[] = [
  { label: 'Driver', of: ({ details }) => details?.driver_version ?? UNKNOWN },
  { label: 'VBIOS', of: ({ details }) => details?.vbios_version ?? UNKNOWN, isCode: true },
  { label: 'Compute capability', of: ({ details }) => details?.compute_cap ?? UNKNOWN },
  { label: 'Power limit', of: powerLimit, title: 'Set now, and the default' },
  { label: 'PCIe link', of: ({ details }) => pcieLink(details) },
  { label: 'ECC', of: ({ details }) => ecc(details) },
  { label: 'MIG', of: ({ details }) => details?.mig_mode ?? UNKNOWN },
  { label: 'Persistence', of: ({ details }) => details?.persistence_mode ?? UNKNOWN },
  { label: 'Bus', of: ({ pci_bus_id }) => pci_bus_id ?? UNKNOWN, isCode: true },
  { label: 'Serial', of: ({ details }) => details?.serial ?? UNKNOWN, isCode: true },
  { label: 'UUID', of: ({ uuid }) => uuid, isCode: true },
]

/** What changes rarely, read once a minute: what all GPUs share said once, what differs per GPU. */
export function HardwareFacts({ gpus }: { gpus: GpuSample[] }) {
  const [first] = gpus
  if (!first) return <p className="p-4 text-soft">No GPU could be read.</p>
  const isShared = ({ of }: Fact) => gpus.every((gpu) => of(gpu) === of(first))
  const shared = FACTS.filter(isShared)
  const own = FACTS.filter((fact) => !isShared(fact))
  return (
    <>
      <dl className="grid grid-cols-2 gap-x-4 gap-y-3 p-4 sm:grid-cols-3 lg:grid-cols-5">
        <div className="min-w-0">
          <dt className="text-soft text-xs">{gpus.length > 1 ? 'Models' : 'Model'}</dt>
          <dd className="break-words">{modelsOf(gpus)}</dd>
        </div>
        {shared.map(({ label, of, isCode, title }) => (
          <div key={label} className="min-w-0" title={title}>
            <dt className="text-soft text-xs">{label}</dt>
            <dd
              className={`break-words tabular-nums ${isCode ? 'font-mono text-xs leading-5' : ''}`}
            >
              {of(first)}
            </dd>
          </div>
        ))}
      </dl>
      {own.length > 0 && (
        <div className="border-line border-t">
          <Table
            caption="What differs between the GPUs"
            stacks
            head={['GPU', ...own.map(({ label }) => label)]}
          >
            {gpus.map((gpu) => (
              <tr key={gpu.uuid} className="whitespace-nowrap text-xs tabular-nums">
                <td>{gpu.index ?? '?'}</td>
                {own.map(({ label, of, isCode }) => (
                  <td key={label} data-wide className={isCode ? 'font-mono' : undefined}>
                    {of(gpu)}
                  </td>
                ))}
              </tr>
            ))}
          </Table>
        </div>
      )}
    </>
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
