import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'

export const MIGRATIONS = 'prisma/migrations'

/** @param {string} root @returns {string[]} names of the migration folders, oldest first */
export function migrationNames(root) {
  const base = path.join(root, MIGRATIONS)
  if (!existsSync(base)) return []
  return readdirSync(base, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}
