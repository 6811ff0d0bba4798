import { gpuCell, withUnit } from './cells.mjs'
import { findField, offeredFields } from './fields.mjs'

/**
 * `-q -x`: the elements that a reader looks for, in the nesting of schema v13 (older drivers: v12).
 *
 * @typedef {import('./cells.mjs').Machine} Machine
 * @typedef {import('./answer.mjs').Chosen} Chosen
 * @typedef {[tag: string, content: string | Node[]]} Node
 */

/** @param {string} text */
const escapeText = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')

/** @param {Node} node @param {string} indent @returns {string} */
function render([tag, content], indent) {
  const [name] = tag.split(' ')
  if (typeof content === 'string') return `${indent}<${tag}>${escapeText(content)}</${name}>\n`
  const inner = content.map((node) => render(node, `${indent}\t`)).join('')
  return `${indent}<${tag}>\n${inner}${indent}</${name}>\n`
}

/** @param {NonNullable<import('./profiles.mjs').Profile['mig']>[number]} instance @param {number} index @returns {Node} */
const migDevice = (instance, index) => [
  'mig_device',
  [
    ['index', String(index)],
    ['gpu_instance_id', String(instance.gpuInstance)],
    ['compute_instance_id', '0'],
    [
      'device_attributes',
      [['shared', [['multiprocessor_count', String(instance.multiprocessors)]]]],
    ],
    ['ecc_error_count', [['volatile_count', [['sram_uncorrectable', '0']]]]],
    [
      'fb_memory_usage',
      [
        ['total', `${instance.memoryTotal} MiB`],
        ['reserved', '0 MiB'],
        ['used', `${instance.memoryUsed} MiB`],
        ['free', `${instance.memoryTotal - instance.memoryUsed} MiB`],
      ],
    ],
  ],
]

/** @param {Machine} machine @param {Chosen} chosen @returns {Node} */
function gpuNode(machine, { gpu, place, isLost }) {
  const { profile } = machine
  const fields = offeredFields('query-gpu', Number.parseInt(profile.driver, 10))
  /** Without brackets; a lost GPU says so in each place. @param {string} name */
  const say = (name) => {
    if (isLost) return 'GPU is lost'
    const field = findField(fields, name)
    if (!field) return 'N/A'
    return withUnit(gpuCell(machine, gpu, field), field.unit).replace(/^\[(.*)\]$/, '$1')
  }
  /** @param {string} name */
  const temperature = (name) => withUnit(say(name), 'C')
  const instances = (profile.mig ?? []).filter((instance) => instance.gpu === place)
  const processes = profile.processes.filter((process) => process.gpu === place)
  return [
    `gpu id="${gpu['pci.bus_id']}"`,
    [
      ['product_name', gpu.name ?? 'N/A'],
      ['persistence_mode', say('persistence_mode')],
      [
        'mig_mode',
        [
          ['current_mig', say('mig.mode.current')],
          ['pending_mig', say('mig.mode.pending')],
        ],
      ],
      ['mig_devices', instances.length > 0 ? instances.map(migDevice) : 'None'],
      ['serial', say('serial')],
      ['uuid', gpu.uuid ?? 'N/A'],
      ['vbios_version', say('vbios_version')],
      ['fan_speed', say('fan.speed')],
      ['performance_state', say('pstate')],
      [
        'fb_memory_usage',
        [
          ['total', say('memory.total')],
          ['reserved', say('memory.reserved')],
          ['used', say('memory.used')],
          ['free', say('memory.free')],
        ],
      ],
      ['compute_mode', say('compute_mode')],
      [
        'utilization',
        [
          ['gpu_util', say('utilization.gpu')],
          ['memory_util', say('utilization.memory')],
        ],
      ],
      [
        'temperature',
        [
          ['gpu_temp', temperature('temperature.gpu')],
          ['memory_temp', temperature('temperature.memory')],
        ],
      ],
      [
        'gpu_power_readings',
        [
          ['power_state', say('pstate')],
          ['average_power_draw', say('power.draw.average')],
          ['instant_power_draw', say('power.draw.instant')],
          ['current_power_limit', say('enforced.power.limit')],
        ],
      ],
      [
        'clocks',
        [
          ['graphics_clock', say('clocks.gr')],
          ['sm_clock', say('clocks.sm')],
          ['mem_clock', say('clocks.mem')],
        ],
      ],
      [
        'processes',
        processes.map((process) => [
          'process_info',
          [
            ['gpu_instance_id', String(process.gpuInstance ?? 'N/A')],
            ['compute_instance_id', process.gpuInstance === undefined ? 'N/A' : '0'],
            ['pid', String(process.pid)],
            ['type', process.type ?? 'C'],
            ['process_name', process.name],
            ['used_memory', withUnit(process.memory, 'MiB').replace(/^\[(.*)\]$/, '$1')],
          ],
        ]),
      ],
    ],
  ]
}

/** @param {Machine} machine @param {Chosen[]} chosen */
export function xml(machine, chosen) {
  const { driver, gpus } = machine.profile
  const schema = Number.parseInt(driver, 10) >= 580 ? 'v13' : 'v12'
  const body = render(
    [
      'nvidia_smi_log',
      [
        ['timestamp', machine.now.toString().slice(0, 24)],
        ['driver_version', driver],
        ['attached_gpus', String(gpus.length)],
        ...chosen.map((one) => gpuNode(machine, one)),
      ],
    ],
    '',
  )
  return `<?xml version="1.0" ?>\n<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_${schema}.dtd">\n${body}`
}
