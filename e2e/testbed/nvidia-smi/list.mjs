import { lostLine } from './csv.mjs'

/** `-L`: GPUs with their MIG instances below them. @param {import('./cells.mjs').Machine} machine @param {import('./answer.mjs').Chosen[]} chosen */
export function list({ profile }, chosen) {
  const lines = chosen.flatMap((one) => {
    if (one.isLost) return [lostLine(one)]
    const { gpu, place } = one
    const instances = (profile.mig ?? [])
      .filter((instance) => instance.gpu === place)
      .map(
        ({ profile: name, uuid }, device) =>
          `  MIG ${name.padEnd(12)}Device ${String(device).padStart(2)}: (UUID: ${uuid})`,
      )
    return [`GPU ${gpu.index}: ${gpu.name} (UUID: ${gpu.uuid})`, ...instances]
  })
  return `${lines.join('\n')}\n`
}
