import { database } from '../../db/client'
import { listConfiguredHosts } from '../ssh/ssh-config'
import type { HostToImport } from './answers'

/** The hosts that the user's ssh config names, with those that were added before. */
export async function listHostsToImport(): Promise<HostToImport[]> {
  const [hosts, connections] = await Promise.all([
    listConfiguredHosts(),
    database().connection.findMany({
      select: { id: true, name: true, hostname: true, username: true, port: true },
    }),
  ])
  return hosts.map((host) => {
    const there = connections.find(
      ({ hostname, username, port }) =>
        (hostname === host.name || hostname === host.address) &&
        username === host.username &&
        // A record's 22 is the default and gives way to the config.
        (port === host.port || (port === 22 && hostname === host.name)),
    )
    const found = there ?? connections.find(({ name }) => name === host.name)
    return { ...host, connection: found ? { id: found.id, name: found.name } : null }
  })
}
