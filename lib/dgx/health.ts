import packageFile from '../../package.json'
import { readConfig } from '../config.mjs'
import { database } from '../db/client'

/** Whether the program works, for monitors. Says nothing secret: it is open without a key. */
export async function getHealth() {
  await database().$queryRaw`SELECT 1`
  return {
    status: 'ok' as const,
    version: packageFile.version,
    uptime_s: Math.round(process.uptime()),
    demo: readConfig(process.env).demo,
  }
}
