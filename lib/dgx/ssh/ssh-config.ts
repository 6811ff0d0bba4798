import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import SSHConfig from 'ssh-config'
import { DgxError } from '../errors'
import { expandHome } from './paths'
import type { SshHop, SshRoute, SshTarget } from './target'

const run = promisify(execFile)

const DEFAULT_KEYS = ['~/.ssh/id_ed25519', '~/.ssh/id_ecdsa', '~/.ssh/id_rsa']
const KNOWN_HOSTS = ['~/.ssh/known_hosts', '~/.ssh/known_hosts2', '/etc/ssh/ssh_known_hosts']

/** `SSH_CONFIG_FILE` stands for `~/.ssh/config`, as `ssh -F` has it. */
const configFile = () => process.env.SSH_CONFIG_FILE
const configArgs = () => (configFile() ? ['-F', configFile() ?? ''] : [])

/** What `ssh -G` says of a host; keys in lower case, repeated ones in order. */
type Options = Map<string, string[]>

/**
 * Asks the ssh client itself, because `Include` and `Match` are beyond any parser here. Null when
 * there is no ssh client. It runs the config's `Match exec` commands, so call it only when the
 * person asked for this host.
 */
async function sshOptions(host: string, args: string[]): Promise<Options | null> {
  let stdout: string
  try {
    ;({ stdout } = await run('ssh', ['-G', ...configArgs(), ...args, '--', host], {
      timeout: 10_000,
      maxBuffer: 1 << 20,
    }))
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string }
    if (code === 'ENOENT') return null
    throw new DgxError(
      'invalid_request',
      `The ssh configuration for ${host} cannot be read: ${(stderr ?? String(error)).trim()}. Correct ~/.ssh/config.`,
    )
  }
  const options: Options = new Map()
  for (const line of stdout.split('\n')) {
    const space = line.indexOf(' ')
    if (space < 0) continue
    const key = line.slice(0, space).toLowerCase()
    options.set(key, [...(options.get(key) ?? []), line.slice(space + 1).trim()])
  }
  return options
}

const first = (options: Options | null, key: string): string | null => {
  const value = options?.get(key)?.[0]
  return value && value !== 'none' ? value : null
}

function hopFrom(options: Options | null, hop: Partial<SshHop> & { host: string }): SshHop {
  const agent = first(options, 'identityagent')
  const socket = !agent || agent === 'SSH_AUTH_SOCK' ? process.env.SSH_AUTH_SOCK : agent
  const configured = options?.get('identityfile') ?? DEFAULT_KEYS
  const identityFiles = hop.identityFiles?.length ? hop.identityFiles : configured
  return {
    host: first(options, 'hostname') ?? hop.host,
    port: hop.port ?? Number(first(options, 'port') ?? 22),
    username: hop.username ?? first(options, 'user') ?? '',
    identityFiles: identityFiles.map(expandHome),
    onlyIdentities:
      Boolean(hop.identityFiles?.length) || first(options, 'identitiesonly') === 'yes',
    agentSocket: socket
      ? expandHome(socket.replace(/^\$\{?SSH_AUTH_SOCK\}?$/, process.env.SSH_AUTH_SOCK ?? ''))
      : null,
    hostKeyAlias: first(options, 'hostkeyalias'),
    knownHostsFiles: [
      ...(first(options, 'userknownhostsfile')?.split(/\s+/) ?? KNOWN_HOSTS.slice(0, 2)),
      ...(first(options, 'globalknownhostsfile')?.split(/\s+/) ?? KNOWN_HOSTS.slice(2)),
    ].map(expandHome),
  }
}

/** `[user@]host[:port]`, also with `ssh://` and an IPv6 address in brackets. */
function parseJump(text: string): { host: string; port?: number; username?: string } {
  const match = /^(?:ssh:\/\/)?(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d+))?$/.exec(text)
  const host = match?.[2] ?? match?.[3]
  if (!match || !host) {
    throw new DgxError(
      'invalid_request',
      `ProxyJump "${text}" in the ssh configuration is not [user@]host[:port].`,
    )
  }
  return {
    host,
    ...(match[4] ? { port: Number(match[4]) } : {}),
    ...(match[1] ? { username: match[1] } : {}),
  }
}

/**
 * The way to a machine: the record, completed by the user's ssh config (aliases, keys, jump
 * hosts, agent). What the record says wins; its port 22 is the default and gives way.
 */
export async function resolveRoute(target: SshTarget): Promise<SshRoute> {
  const port = target.port === 22 ? undefined : target.port
  const options = await sshOptions(target.hostname, [
    '-l',
    target.username,
    ...(port ? ['-p', String(port)] : []),
  ])
  const last = hopFrom(options, {
    host: target.hostname,
    username: target.username,
    ...(port ? { port } : {}),
    identityFiles: target.ssh_key_path ? [target.ssh_key_path] : [],
  })

  const jumps: SshHop[] = []
  for (const text of first(options, 'proxyjump')?.split(',') ?? []) {
    const jump = parseJump(text.trim())
    const jumpOptions = await sshOptions(jump.host, [
      ...(jump.username ? ['-l', jump.username] : []),
      ...(jump.port ? ['-p', String(jump.port)] : []),
    ])
    jumps.push(hopFrom(jumpOptions, jump))
  }
  const command = jumps.length > 0 ? null : first(options, 'proxycommand')
  return {
    hops: [...jumps, last],
    proxyCommand: command === null ? null : expandTokens(command, last),
  }
}

/** ssh's `%` tokens. The values go into a shell command, so only plain ones are let through. */
function expandTokens(command: string, hop: SshHop): string {
  const values: Record<string, string> = {
    h: hop.host,
    p: String(hop.port),
    r: hop.username,
    '%': '%',
  }
  return command.replace(/%(.)/g, (token, letter: string) => {
    const value = values[letter]
    if (value === undefined || !/^[\w.:%@-]+$/.test(value)) {
      throw new DgxError(
        'invalid_request',
        `ProxyCommand in the ssh configuration uses ${token}, which cannot be filled in here. Use ProxyJump, or write the value out.`,
      )
    }
    return value
  })
}

/** A host of the user's ssh config, ready to be added as a connection. */
export type ConfiguredHost = {
  name: string
  /** Its alias, so that the rest of the ssh config applies. */
  hostname: string
  /** What the config says the alias stands for. */
  address: string
  username: string
  port: number
  ssh_key_path: string | null
  proxy_jump: string | null
}

async function hostAliases(file: string, seen: Set<string>): Promise<string[]> {
  if (seen.has(file) || seen.size > 50) return []
  seen.add(file)
  const text = await readFile(file, 'utf8').catch(() => '')
  const aliases: string[] = []
  for (const line of SSHConfig.parse(text)) {
    if (!('param' in line) || line.param === undefined) continue
    const values = (
      Array.isArray(line.value) ? line.value.map(String) : String(line.value).split(/\s+/)
    ).map((value) => (typeof value === 'string' ? value : String(value)))
    if (/^host$/i.test(line.param))
      aliases.push(...values.filter((value) => /^[^*?!-][^*?!]*$/.test(value)))
    if (/^include$/i.test(line.param)) {
      for (const value of values) {
        const included = path.resolve(path.dirname(file), expandHome(value))
        // A glob is left to ssh itself: it still applies to the hosts that are named elsewhere.
        if (!/[*?[]/.test(included)) aliases.push(...(await hostAliases(included, seen)))
      }
    }
  }
  return aliases
}

/** The hosts that the user's `~/.ssh/config` names, as `ssh -G` resolves them. */
export async function listConfiguredHosts(): Promise<ConfiguredHost[]> {
  const aliases = [
    ...new Set(await hostAliases(expandHome(configFile() ?? '~/.ssh/config'), new Set())),
  ].slice(0, 200)
  const hosts: ConfiguredHost[] = []
  for (const alias of aliases) {
    const options = await sshOptions(alias, [])
    hosts.push({
      name: alias,
      hostname: alias,
      address: first(options, 'hostname') ?? alias,
      username: first(options, 'user') ?? '',
      port: Number(first(options, 'port') ?? 22),
      ssh_key_path: null,
      proxy_jump: first(options, 'proxyjump'),
    })
  }
  return hosts
}
