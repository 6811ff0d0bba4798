import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from './free-port'
import { pathWithoutNvidiaSmi } from './machine-path'
import { childrenOf, descendantsOf, nameOf, processesWith, signal } from './process-tree'
import { fingerprintOf, makeKey, placeKey, publicKeyOf } from './sshd-keys'
import { findSshd, runSshd, type SshdProcess, withoutPenalties } from './sshd-process'

export type SshdOptions = {
  /** Which machine the stand-in nvidia-smi plays (default `a100x8`); `missing` has none in its PATH. */
  profile?: string
  /** Default `['ed25519']`. */
  hostKeyTypes?: readonly string[]
  /** A private host key to use again, as another server's `hostKey` gives it, instead of new ones. */
  hostKey?: string
  /** Channels of one connection; sshd's default is 10. */
  maxSessions?: number
  /** Connections that have not logged in yet, such as `2:100:2`; sshd's default is `10:30:100`. */
  maxStartups?: number | string
  /** Further lines of sshd_config. They win over the ones made here, apart from `SetEnv` (see `env`). */
  config?: readonly string[]
  /** Default an ed25519 key without a passphrase. */
  clientKey?: { type?: string; passphrase?: string }
  /** Environment of every command. */
  env?: Readonly<Record<string, string>>
  /**
   * Home folder of every command. Default an empty one of its own: somebody's shell start-up files
   * would be measured along with every command.
   */
  home?: string
  /** To come back on the port that an earlier one had; default a free one. */
  port?: number
}

export type Sshd = {
  port: number
  hostname: string
  username: string
  /** Private key that may log in. */
  keyPath: string
  /** The same as the record of a connection has it. */
  target: { hostname: string; port: number; username: string; ssh_key_path: string }
  /** Of its first host key, `SHA256:...` as ssh prints it. */
  fingerprint: string
  /** Its first host key as known_hosts has it: type and key. */
  hostPublicKey: string
  /** Its first private host key, to start another server that has the same. */
  hostKey: string
  /** Everything of it: keys, config, and in `state/` what the stand-in reads. */
  dir: string
  pid: number
  /** What sshd wrote since its last start. */
  log(): string
  /** Plays another machine from the next nvidia-smi on. */
  setProfile(profile: string): void
  /** Pids of the processes that serve one connection each. */
  sessions(): number[]
  /** Pids of all that was started in its connections and still runs, detached or not. */
  processes(): number[]
  /** Cuts every connection, as a crash of sshd's child would. Commands go on. */
  killSessions(): void
  /** Ends server and connections, and starts again on the same port. Commands go on. */
  restart(options?: { newHostKey?: boolean; whileDown?: () => Promise<void> }): Promise<void>
  /** Ends server, connections and all that was started in them, and removes its folder. */
  stop(): Promise<void>
}

const STAND_IN = path.join(import.meta.dirname, 'nvidia-smi/nvidia-smi')
const SYSTEM_FOLDERS = [
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/bin',
]
/** Another program may take a port between its choice and the start of sshd. */
const PORT_TRIES = 5
const KILL_MS = 5_000

/**
 * A real OpenSSH server on a free loopback port, with its own keys and config; it touches neither
 * the machine's own sshd nor anybody's `~/.ssh`. Rejects with sshd's words when it does not start.
 */
export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  const program = findSshd()
  const dir = mkdtempSync(path.join(tmpdir(), 'dgx-sshd-'))
  const at = (name: string) => path.join(dir, name)
  const types = options.hostKey ? ['given'] : (options.hostKeyTypes ?? ['ed25519'])
  const [firstKey = ''] = types.map((type) => at(`host_${type}`))
  // What ends with the test process, however that ends.
  let server: SshdProcess | undefined
  const abandon = () => {
    server?.child.kill('SIGKILL')
    rmSync(dir, { recursive: true, force: true })
  }
  process.once('exit', abandon)

  const setProfile = (profile: string) => {
    if (profile === 'missing') return rmSync(at('bin/nvidia-smi'), { force: true })
    // Renamed into place: an nvidia-smi that starts right now reads the one or the other.
    writeFileSync(at('state/next-profile'), profile)
    renameSync(at('state/next-profile'), at('state/profile'))
    if (!existsSync(at('bin/nvidia-smi'))) symlinkSync(STAND_IN, at('bin/nvidia-smi'))
  }
  const marker = `DGX_TESTBED_STATE=${at('state')}`
  const writeConfig = (port: number, commandPath: string) =>
    writeFileSync(
      at('sshd_config'),
      configLines(options, port, [
        ...types.map((type) => `HostKey ${at(`host_${type}`)}`),
        `AuthorizedKeysFile ${at('authorized_keys')}`,
        `PidFile ${at('sshd.pid')}`,
        ...withoutPenalties(program),
        setEnvLine({
          ...options.env,
          PATH: commandPath,
          HOME: options.home ?? at('home'),
          DGX_TESTBED_STATE: at('state'),
        }),
      ]),
    )

  let port = 0
  try {
    for (const name of ['home', 'state', 'bin']) mkdirSync(at(name))
    chmodSync(dir, 0o755)
    if (options.hostKey) placeKey(firstKey, options.hostKey)
    else for (const type of types) makeKey(at(`host_${type}`), type)
    makeKey(at('client'), options.clientKey?.type ?? 'ed25519', options.clientKey?.passphrase)
    writeFileSync(at('authorized_keys'), readFileSync(at('client.pub')), { mode: 0o600 })
    setProfile(options.profile ?? 'a100x8')
    const folders = [path.dirname(process.execPath), ...SYSTEM_FOLDERS]
    const commandPath = `${at('bin')}:${pathWithoutNvidiaSmi(folders, dir)}`
    for (let tries = 1; server === undefined; tries++) {
      port = options.port ?? (await freePort())
      writeConfig(port, commandPath)
      try {
        server = await runSshd(program, at('sshd_config'))
      } catch (error) {
        const isTaken = String(error).includes('Address already in use')
        if (options.port || !isTaken || tries === PORT_TRIES) throw error
      }
    }
  } catch (error) {
    process.off('exit', abandon)
    abandon()
    throw error
  }

  let running = server
  const sessions = () => childrenOf(running.child.pid ?? 0)
  /** A connection's process may have a second one that keeps the socket: both serve it. */
  const serving = () =>
    sessions().flatMap((pid) => [
      pid,
      ...descendantsOf(pid).filter((child) => nameOf(child).startsWith('sshd')),
    ])
  const stopServer = async () => {
    const pids = serving()
    running.child.kill('SIGTERM')
    await running.exited
    for (const pid of pids) signal(pid, 'SIGTERM')
  }
  const hostname = '127.0.0.1'
  const { username } = userInfo()
  const keyPath = at('client')
  return {
    port,
    hostname,
    username,
    keyPath,
    target: { hostname, port, username, ssh_key_path: keyPath },
    get fingerprint() {
      return fingerprintOf(firstKey)
    },
    get hostPublicKey() {
      return publicKeyOf(firstKey)
    },
    get hostKey() {
      return readFileSync(firstKey, 'utf8')
    },
    dir,
    get pid() {
      return running.child.pid ?? 0
    },
    log: () => running.log(),
    setProfile,
    sessions,
    processes: () => processesWith(marker),
    killSessions: () => {
      for (const pid of serving()) signal(pid, 'SIGKILL')
    },
    restart: async ({ newHostKey = false, whileDown } = {}) => {
      await stopServer()
      await whileDown?.()
      if (newHostKey) for (const type of types) makeKey(at(`host_${type}`), type)
      running = await runSshd(program, at('sshd_config'))
      server = running
    },
    stop: async () => {
      await stopServer()
      await killAll(marker)
      process.off('exit', abandon)
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** Until none is left: one that is being killed may have started another one meanwhile. */
async function killAll(marker: string): Promise<void> {
  const deadline = performance.now() + KILL_MS
  for (let left = processesWith(marker); left.length > 0; left = processesWith(marker)) {
    if (performance.now() > deadline) throw new Error(`Processes ${left} do not end.`)
    for (const pid of left) signal(pid, 'SIGKILL')
    await delay(5)
  }
}

/** The caller's lines come first, because sshd takes the first value; a Match block ends the file. */
function configLines(options: SshdOptions, port: number, own: readonly string[]): string {
  const extra = options.config ?? []
  const match = extra.findIndex((line) => /^\s*match\b/i.test(line))
  const before = match < 0 ? extra : extra.slice(0, match)
  return [
    ...before,
    ...(options.maxSessions === undefined ? [] : [`MaxSessions ${options.maxSessions}`]),
    ...(options.maxStartups === undefined ? [] : [`MaxStartups ${options.maxStartups}`]),
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    ...own,
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'PermitRootLogin yes',
    'LogLevel VERBOSE',
    ...(match < 0 ? [] : extra.slice(match)),
    '',
  ].join('\n')
}

/** One line: sshd takes the first SetEnv only. */
function setEnvLine(env: Readonly<Record<string, string>>): string {
  const quoted = Object.entries(env).map(
    ([name, value]) => `"${`${name}=${value}`.replace(/["\\]/g, '\\$&')}"`,
  )
  return `SetEnv ${quoted.join(' ')}`
}
