import { z } from 'zod'
import packageFile from '../../package.json'
import { readConfig } from '../config.mjs'
import { database } from '../db/client'

export const healthAnswer = z
  .strictObject({
    status: z.literal('ok'),
    version: z.string(),
    uptime_s: z.number().int(),
    demo: z.boolean().describe('With simulated machines.'),
  })
  .meta({
    id: 'ProgramHealth',
    examples: [{ status: 'ok', version: '0.1.0', uptime_s: 10, demo: false }],
  })

/** Whether the program works, for monitors. Says nothing secret: it is open without a key. */
export async function getHealth(): Promise<z.infer<typeof healthAnswer>> {
  await database().$queryRaw`SELECT 1`
  return {
    status: 'ok',
    version: packageFile.version,
    uptime_s: Math.round(process.uptime()),
    demo: readConfig(process.env).demo,
  }
}
