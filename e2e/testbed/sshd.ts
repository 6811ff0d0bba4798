import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import net from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import path from 'node:path'

export type SshdOptions = {
  /** Which machine the stand-in nvidia-smi plays; `missing` has none in its PATH. */
  profile?: string
  hostKeyTypes?: readonly string[]
  /** Further lines of sshd_config. */
  config?: readonly string[]
  clientKey?: { type?: string; passphrase?: string }
  /** To come back on the port that an earlier one had. */
  port?: number
}

export type Sshd = {
  port: number
  hostname: string
  username: string
  keyPath: string
  /** Of its first host key, as ssh prints it. */
  fingerprint: string
  dir: string
  log(): string
  /** Plays another machine from the next nvidia-smi on. */
  setProfile(profile: string): void
  /** Pids of the processes that serve one connection each. */
  sessions(): number[]
  /** Pids of everything that runs in its connections. */
  processes(): number[]
  /** Cuts every connection, as a crash of sshd's child would. */
  killSessions(): void
  /** Ends and starts again on the same port. */
  restart(options?: { newHostKey?: boolean }): Promise<void>
  stop(): Promise<void>
}

const STAND_IN = path.join(import.meta.dirname, 'nvidia-smi')

/**
 * A real OpenSSH server on a free loopback port, with its own keys, config and home folder; it
 * touches neither the machine's own sshd nor anybody's `~/.ssh`.
 */
export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  const dir = mkdtempSync(path.join(tmpdir(), 'dgx-sshd-'))
  const at = (name: string) => path.join(dir, name)
  const keygen = (name: string, type: string, passphrase = '') =>
    execFileSync('ssh-keygen', [
      '-q',
      '-t',
      type,
      '-N',
      passphrase,
      '-C',
      'testbed',
      '-f',
      at(name),
    ])
  const types = options.hostKeyTypes ?? ['ed25519']
  for (const type of types) keygen(`host_${type}`, type)
  keygen('client', options.clientKey?.type ?? 'ed25519', options.clientKey?.passphrase)
  // An empty home: somebody's shell start-up files would be measured along with every command.
  mkdirSync(at('home'))
  mkdirSync(at('state'))
  writeFileSync(at('authorized_keys'), readFileSync(at('client.pub')), { mode: 0o600 })
  chmodSync(dir, 0o755)

  const setProfile = (profile: string) => writeFileSync(at('state/profile'), profile)
  setProfile(options.profile ?? 'a100x8')
  const isMissing = options.profile === 'missing'
  const port = options.port ?? (await freePort())
  const nodeDir = path.dirname(process.execPath)
  const systemPath = `${nodeDir}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`
  writeFileSync(
    at('sshd_config'),
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      ...types.map((type) => `HostKey ${at(`host_${type}`)}`),
      `AuthorizedKeysFile ${at('authorized_keys')}`,
      `PidFile ${at('sshd.pid')}`,
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'PermitRootLogin yes',
      'LogLevel VERBOSE',
      `SetEnv PATH=${isMissing ? '' : `${STAND_IN}:`}${systemPath} HOME=${at('home')} DGX_TESTBED_STATE=${at('state')}`,
      ...(options.config ?? []),
    ].join('\n'),
  )

  let server = await run(at('sshd_config'))
  const sessions = () => childrenOf(server.child.pid ?? 0)
  const stopServer = async () => {
    const children = sessions()
    server.child.kill('SIGTERM')
    await server.exited
    for (const pid of children) signal(pid, 'SIGTERM')
  }
  return {
    port,
    hostname: '127.0.0.1',
    username: userInfo().username,
    keyPath: at('client'),
    get fingerprint() {
      return (
        execFileSync('ssh-keygen', ['-lf', at(`host_${types[0]}.pub`)])
          .toString()
          .split(' ')[1] ?? ''
      )
    },
    dir,
    log: () => server.log(),
    setProfile,
    sessions,
    processes: () => sessions().flatMap(descendantsOf),
    killSessions: () => {
      for (const pid of sessions()) signal(pid, 'SIGKILL')
    },
    restart: async ({ newHostKey = false } = {}) => {
      await stopServer()
      if (newHostKey) {
        for (const type of types) {
          rmSync(at(`host_${type}`))
          keygen(`host_${type}`, type)
        }
      }
      server = await run(at('sshd_config'))
    },
    stop: async () => {
      await stopServer()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

type Running = { child: ChildProcess; exited: Promise<unknown>; log(): string }

async function run(config: string): Promise<Running> {
  const sshd = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/usr/bin/sshd'].find(existsSync)
  if (!sshd) throw new Error('No sshd: install openssh-server (npm test does, as root).')
  // Where a privileged sshd drops its privileges; a package's service would make it.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
  const child = spawn(sshd, ['-D', '-e', '-f', config], { stdio: ['ignore', 'ignore', 'pipe'] })
  const events = new EventEmitter()
  let log = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    log += chunk.toString()
    if (log.includes('Server listening on')) events.emit('listening')
  })
  const exited = once(child, 'exit')
  await Promise.race([
    once(events, 'listening'),
    exited.then(() => {
      throw new Error(`sshd did not start: ${log}`)
    }),
  ])
  return { child, exited, log: () => log }
}

/** Direct children of a process, from /proc. */
function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
    return text === '' ? [] : text.split(' ').map(Number)
  } catch {
    return []
  }
}

function descendantsOf(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)])
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It ended by itself.
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo
      server.close(() => resolve(port))
    })
  })
}
