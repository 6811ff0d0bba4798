import type { ConnectionWithStatus } from '@/lib/dgx/connections/answers'

/** What the form of a machine holds, as it is typed. */
export type MachineValues = {
  name: string
  hostname: string
  username: string
  port: string
  ssh_key_path: string
  sample_interval_ms: string
}

export type MachineField = keyof MachineValues

/** In the order in which they stand in the form. */
export const LABELS: Record<MachineField, string> = {
  name: 'Name',
  hostname: 'Host',
  port: 'Port',
  username: 'User',
  ssh_key_path: 'Private key file',
  sample_interval_ms: 'Sample every',
}

export const FIELDS = Object.keys(LABELS) as MachineField[]

export const EMPTY: MachineValues = {
  name: '',
  hostname: '',
  username: '',
  port: '22',
  ssh_key_path: '',
  sample_interval_ms: '2000',
}

export function toValues(connection: ConnectionWithStatus): MachineValues {
  const { name, hostname, username, port, ssh_key_path, sample_interval_ms } = connection
  return {
    name,
    hostname,
    username,
    port: String(port),
    ssh_key_path: ssh_key_path ?? '',
    sample_interval_ms: String(sample_interval_ms),
  }
}

/** What is not a number stays text, so that the server's own words about it are shown. */
const asNumber = (text: string) => (/^\d+$/.test(text.trim()) ? Number(text) : text)

/** Where and as whom, for a test; with name and interval, for a record. */
export function toAddress({ hostname, username, port, ssh_key_path }: MachineValues) {
  return { hostname, username, port: asNumber(port), ssh_key_path: ssh_key_path.trim() || null }
}

export function toRecord(values: MachineValues) {
  const { name, sample_interval_ms } = values
  return { ...toAddress(values), name, sample_interval_ms: asNumber(sample_interval_ms) }
}

// The same rules as the API's (lib/dgx/connections/schema.ts); a test holds them together.
const HOSTNAME = /^[A-Za-z0-9_[:][A-Za-z0-9_.:%[\]-]*$/
const USERNAME = /^[A-Za-z0-9_.][A-Za-z0-9_.@\\$+-]*$/
const MOST = { name: 200, hostname: 253, username: 64, ssh_key_path: 4096 }

/** What is wrong with a field, and how to mend it; null when nothing is. */
export function problemOf(field: MachineField, typed: string): string | null {
  const value = typed.trim()
  if (field === 'port') {
    const isPort = /^\d+$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535
    return isPort ? null : 'A number from 1 to 65535.'
  }
  if (field === 'sample_interval_ms') return null
  if (value.length > MOST[field]) return `It is longer than ${MOST[field]} characters.`
  if (field === 'ssh_key_path') {
    return value.endsWith('.pub')
      ? 'This is the public half. Name the private key: the same path without .pub.'
      : null
  }
  if (value === '') return `${LABELS[field]} is empty.`
  if (field === 'hostname' && !HOSTNAME.test(value)) {
    return 'This is no host name or address. Letters, digits, dots and dashes, such as dgx.example.com.'
  }
  if (field === 'username' && !USERNAME.test(value)) {
    return 'This is no user name. No spaces, and no dash in front.'
  }
  return null
}

/** `user@host:port`, also behind `ssh`, taken apart; null for what is only a host. */
export function splitAddress(typed: string): Partial<MachineValues> | null {
  const match =
    /^(?:ssh(?::\/\/|\s+))?(?:([^@\s]+)@)?(\[[^\]]+\]|[^@\s:]+)(?::(\d+)|\s+-p\s*(\d+))?$/.exec(
      typed.trim(),
    )
  if (!match) return null
  const [, username, hostname = '', colon, option] = match
  const port = colon ?? option
  if (!username && !port) return null
  return {
    hostname: hostname.replace(/^\[|\]$/g, ''),
    ...(username ? { username } : {}),
    ...(port ? { port } : {}),
  }
}
