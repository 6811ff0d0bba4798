/** `dgx gpus`. */
import { gib, rounded, table } from './table.mjs'

/** @typedef {import('./main.mjs').Context} Context */

/** @param {any} gpu */
const holderOf = ({ holder, reason }) => {
  if (holder?.kind === 'job') return `job ${holder.job_name ?? holder.job_id}`
  const who = holder && `${holder.user ?? '?'}:${holder.name?.split('/').at(-1) ?? '?'}`
  return [reason, who].filter(Boolean).join(', ') || null
}

/** Every GPU of the fleet, and whether a job can have it now. @param {Context} context */
export async function gpus({ client, print, json, options }) {
  const query = new URLSearchParams({
    ...(options.free ? { free: 'true' } : {}),
    ...(options.on ? { connection_id: options.on } : {}),
  })
  const all = await client.get(`gpus?${query}`)
  if (json) return print(JSON.stringify(all, null, 2))
  if (all.length === 0)
    return print(`No GPU is ${options.free ? 'free now' : 'known yet'}. "dgx ls" has the machines.`)
  print(
    table(
      ['MACHINE', '>GPU', 'NAME', '>UTIL', '>AVAILABLE', 'FREE', 'WHO'],
      all.map((/** @type {any} */ gpu) => [
        gpu.connection_name,
        gpu.index,
        gpu.name?.replace(/^NVIDIA /, '') ?? null,
        rounded(gpu.gpu_utilization, '%'),
        `${gib(gpu.memory_available_mb) ?? '-'}/${gib(gpu.memory_total_mb) ?? '-'}`,
        gpu.is_free ? 'yes' : 'no',
        holderOf(gpu),
      ]),
    ),
  )
}
