/** `dgx ls`, `dgx top`. */
import { gib, printable, rounded, span, table } from './table.mjs'

/** @typedef {import('./main.mjs').Context} Context */

/** Values that are known, or null when none is. @param {any[]} gpus @param {string} field */
function total(gpus, field) {
  const known = gpus.map((gpu) => gpu[field]).filter((value) => value !== null)
  return known.length > 0 ? known.reduce((sum, value) => sum + value, 0) : null
}

/** How many GPUs of a machine a job can have now; null where none is known. @param {any[]} gpus @param {string} id */
function freeOf(gpus, id) {
  const own = gpus.filter(({ connection_id }) => connection_id === id)
  return own.length > 0 ? own.filter(({ is_free }) => is_free).length : null
}

/** The machines with what they do now. @param {Context} context */
export async function ls({ client, print, json }) {
  const machines = []
  for await (const machine of client.list('connections?sort=position')) machines.push(machine)
  const read = await Promise.all(
    machines.map(async (machine) => ({
      ...machine,
      metrics:
        machine.status === 'connected'
          ? await client.get(`metrics/${machine.id}`).catch((error) => error.data ?? null)
          : null,
    })),
  )
  // After the readings: which GPUs a job can have is known of those that were read.
  const gpus = await client.get('gpus')
  const all = read.map((machine) => ({
    ...machine,
    free_gpus: freeOf(gpus, machine.id),
  }))
  if (json) return print(JSON.stringify(all, null, 2))
  if (all.length === 0) return print('No machine yet. Add one at the web page, or with curl.')
  print(
    table(
      ['NAME', 'STATUS', 'GPU', '>FREE', '>UTIL', '>MEMORY', '>POWER', 'ADDRESS'],
      all.map(({ name, status, metrics, free_gpus, username, hostname }) => {
        const gpus = metrics?.gpus ?? []
        const busy = total(gpus, 'gpu_utilization')
        const model = gpus[0]?.name?.replace(/^NVIDIA /, '')
        return [
          name,
          status,
          model ? `${gpus.length} x ${model}` : null,
          gpus.length ? `${free_gpus ?? '-'}/${gpus.length}` : null,
          rounded(busy === null ? null : busy / gpus.length, '%'),
          gpus.length
            ? `${gib(total(gpus, 'memory_used_mb')) ?? '-'}/${gib(total(gpus, 'memory_total_mb')) ?? '-'}`
            : null,
          rounded(total(gpus, 'power_watts'), 'W'),
          `${username}@${hostname}`,
        ]
      }),
    ),
  )
}

/** @param {Map<string, any>} machines */
function screen(machines) {
  const parts = [...machines.values()].map(({ name, status, metrics }) => {
    if (!metrics) return `${printable(name)}: ${status}`
    const { host, gpus, recorded_at, stale } = metrics
    const age = stale ? `, stale since ${span(recorded_at)}` : ''
    const memory = `${gib(host.memory_available_mb) ?? '-'} of ${gib(host.memory_total_mb) ?? '-'} free`
    const head = `${printable(name)}: ${status}${age}; CPU ${rounded(host.cpu_utilization, '%') ?? '-'}, load ${host.load_1m ?? '-'}, memory ${memory}`
    const rows = gpus.map((/** @type {any} */ gpu) => [
      gpu.index,
      gpu.name?.replace(/^NVIDIA /, '') ?? null,
      rounded(gpu.gpu_utilization, '%'),
      `${gib(gpu.memory_used_mb) ?? '-'}/${gib(gpu.memory_total_mb) ?? '-'}`,
      rounded(gpu.temperature_c, 'C'),
      rounded(gpu.power_watts, 'W'),
      gpu.health.status === 'ok' ? '' : `${gpu.health.status}: ${gpu.health.reasons[0]?.code}`,
      (gpu.processes ?? [])
        .map((/** @type {any} */ p) => `${p.user ?? '?'}:${p.name?.split('/').at(-1)}`)
        .join(' '),
    ])
    const columns = ['>GPU', 'NAME', '>UTIL', '>MEMORY', '>TEMP', '>POWER', 'HEALTH', 'PROCESSES']
    return `${head}\n${table(columns, rows)}`
  })
  return parts.length > 0 ? parts.join('\n\n') : 'No machine yet.'
}

/** GPUs as they change, until Ctrl+C; `--once` prints them one time. @param {Context} context */
export async function top({ client, print, json, options, positionals: [reference], signal }) {
  const wanted = reference ? await client.get(`connections/${encodeURIComponent(reference)}`) : null
  const machines = new Map()
  for await (const machine of client.list('connections?sort=position')) {
    if (wanted && machine.id !== wanted.id) continue
    const metrics =
      machine.status === 'connected'
        ? await client.get(`metrics/${machine.id}`).catch((error) => error.data ?? null)
        : null
    machines.set(machine.id, { name: machine.name, status: machine.status, metrics })
  }
  if (json && options.once) return print(JSON.stringify([...machines.values()], null, 2))
  if (options.once) return print(screen(machines))
  const isScreen = process.stdout.isTTY && !json
  const draw = () => {
    if (json) return
    const lines = screen(machines).split('\n')
    const shown = lines
      .slice(0, process.stdout.rows - 1)
      .map((line) => line.slice(0, process.stdout.columns))
    print(
      isScreen
        ? `\x1b[H${shown.map((line) => `${line}\x1b[K`).join('\n')}\x1b[J`
        : `${lines.join('\n')}\n`,
    )
  }
  if (isScreen) process.stdout.write('\x1b[?1049h\x1b[?25l')
  try {
    draw()
    const topics = wanted ? `metrics:${wanted.id}` : 'connections,metrics'
    const path = `live?topics=${encodeURIComponent(topics)}`
    for await (const event of client.stream('GET', path, { signal })) {
      const machine = machines.get(event.connection_id)
      if (!machine) continue
      if (event.type === 'metrics')
        Object.assign(machine, { status: 'connected', metrics: event.metrics })
      else if (event.type === 'connection') machine.status = event.status
      else continue
      if (json) print(JSON.stringify(event))
      draw()
    }
  } finally {
    if (isScreen) process.stdout.write('\x1b[?25h\x1b[?1049l')
  }
}
