import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import path from 'node:path'

const PROGRAM = 'nvidia-smi'

/**
 * A PATH of these folders that holds no nvidia-smi, also on a computer that has one: such a folder
 * is replaced by one of links to all of its other programs, made below `dir`.
 */
export function pathWithoutNvidiaSmi(folders: readonly string[], dir: string): string {
  return [...new Set(folders)]
    .map((folder, place) => {
      if (!existsSync(path.join(folder, PROGRAM))) return folder
      const mirror = path.join(dir, `programs-${place}`)
      mkdirSync(mirror)
      for (const name of readdirSync(folder)) {
        if (name !== PROGRAM) symlinkSync(path.join(folder, name), path.join(mirror, name))
      }
      return mirror
    })
    .join(':')
}
