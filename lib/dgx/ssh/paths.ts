import { homedir } from 'node:os'
import path from 'node:path'

/** A path with `~` meaning the home directory of whoever runs this program. */
export function expandHome(file: string): string {
  if (file === '~') return homedir()
  return file.startsWith('~/') ? path.join(homedir(), file.slice(2)) : file
}
