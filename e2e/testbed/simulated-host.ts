import type net from 'node:net'
import ssh2, { type Connection, type ServerChannel } from 'ssh2'
import {
  type Counters,
  countOn,
  frameAt,
  readingAt,
  type SimulatedMachine,
  UPTIME_S,
} from './simulated-machine'
import { SimulatedRuns } from './simulated-runs'
import { playShell, type Reply } from './simulated-shell'

export type SimulatedHost = {
  port: number
  runs: SimulatedRuns
  /** Cuts its connections and refuses new ones until `comeBack`. */
  dropOut(): void
  comeBack(): void
  stop(): Promise<void>
}

/**
 * A machine behind a real SSH protocol server on loopback. It runs nothing: it answers the
 * sampler with frames of its model, what is asked of jobs with runs that are played, and a few
 * commands with what the machine would say.
 */
export async function startSimulatedHost(options: {
  machine: SimulatedMachine
  hostKey: string
  port?: number
}): Promise<SimulatedHost> {
  const machine = withRuns(options.machine)
  const connections = new Set<Connection>()
  let isAway = false
  const server = new ssh2.Server({ hostKeys: [options.hostKey] }, (connection) => {
    if (isAway) return connection.end()
    connections.add(connection)
    connection.on('close', () => connections.delete(connection))
    connection.on('error', () => {})
    // Loopback only, and nothing behind it: whoever asks may look.
    connection.on('authentication', (context) => context.accept())
    connection.on('session', (accept) => {
      const session = accept()
      session.on('exec', (acceptExec, _reject, { command }) =>
        answer(machine, acceptExec(), command),
      )
      session.on('pty', (acceptPty) => acceptPty())
      session.on('shell', (acceptShell) =>
        playShell(acceptShell(), machine.hostname, (line) => replyTo(machine, line)),
      )
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const cut = () => {
    for (const connection of connections) connection.end()
  }
  return {
    port: (server.address() as net.AddressInfo).port,
    runs: machine.runs,
    dropOut: () => {
      isAway = true
      cut()
    },
    comeBack: () => {
      isAway = false
    },
    stop: () => {
      cut()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** The script in what the engine sends: plain in quotes, or as base64. */
function scriptOf(command: string): string {
  const encoded = /\$\(echo ([A-Za-z0-9+/=]+)\|base64 -d\)/.exec(command)?.[1]
  if (encoded) return Buffer.from(encoded, 'base64').toString('utf8')
  return command
    .replace(/^exec sh -c '/, '')
    .replace(/'$/, '')
    .replaceAll(`'\\''`, "'")
}

const setting = (script: string, name: string): string =>
  new RegExp(`^${name}='?([^'\\n]*)'?$`, 'm').exec(script)?.[1] ?? ''

type PlayedMachine = ReturnType<typeof withRuns>

function answer(machine: PlayedMachine, channel: ServerChannel, command: string): void {
  const script = scriptOf(command)
  channel.on('error', () => {})
  if (/^M=/.test(script)) {
    channel.resume()
    sample(machine, channel, script)
    return
  }
  const marker = /^echo (@\w+) \$\$ /.exec(script)?.[1]
  if (marker) channel.stderr.write(`${marker} 4242\n`)
  const said = /;(?:eval|exec "\$\{SHELL:-\/bin\/sh\}" -lc) ([\s\S]*)$/.exec(script)?.[1] ?? ''
  const text = said
    .replace(/^'([\s\S]*)'$/, '$1')
    .replaceAll(`'\\''`, "'")
    .trim()
  if (machine.runs.answer(channel, script, text)) return
  channel.resume()
  run(channel, replyTo(machine, text))
}

/** A machine on which jobs can run; there are none yet, unless it has some. */
export function withRuns(machine: SimulatedMachine) {
  const bootMs = Date.now() - 1000 * UPTIME_S
  const reply: (line: string) => Reply = (line) => replyTo(played, line)
  const runs = machine.runs ?? new SimulatedRuns({ bootMs, replyTo: reply })
  const played = { ...machine, runs }
  return played
}

function sample(machine: SimulatedMachine, channel: ServerChannel, script: string): void {
  const marker = setting(script, 'M')
  const fastFields = setting(script, 'FAST').split(',')
  const slowFields = setting(script, 'SLOW').split(',')
  const startedMs = Date.now()
  let counters: Counters = { atMs: startedMs, ticks: 0, busyTicks: 0, rx: 0, tx: 0 }
  let seq = 0
  const write = () => {
    seq += 1
    counters = countOn(machine, counters, Date.now())
    channel.write(frameAt(machine, { marker, seq, fastFields, slowFields, counters, startedMs }))
  }
  write()
  const timer = setInterval(write, Number(setting(script, 'INTERVAL')) * 10)
  channel.on('close', () => clearInterval(timer))
}

function run(channel: ServerChannel, { code, out = '', error = '', afterMs = 0 }: Reply): void {
  const timer = setTimeout(() => {
    if (out) channel.write(out)
    if (error) channel.stderr.write(error)
    channel.exit(code)
    channel.end()
  }, afterMs)
  channel.on('close', () => clearTimeout(timer))
}

/** What a command says; one that this machine does not know ends with 127, as in any shell. */
function replyTo(machine: SimulatedMachine, command: string): Reply {
  const [program = '', ...args] = command.split(/\s+/)
  switch (program) {
    case 'true':
      return { code: 0 }
    case 'false':
      return { code: 1 }
    case 'echo':
      return { code: 0, out: `${args.join(' ')}\n` }
    case 'hostname':
      return { code: 0, out: `${machine.hostname}\n` }
    case 'whoami':
      return { code: 0, out: 'demo\n' }
    case 'nproc':
      return { code: 0, out: `${machine.cores}\n` }
    case 'uname':
      return { code: 0, out: `Linux ${machine.hostname} 6.8.0-demo #1 SMP x86_64 GNU/Linux\n` }
    case 'uptime':
      return {
        code: 0,
        out: ' 10:24:11 up 11 days,  2:13,  1 user,  load average: 4.10, 3.92, 3.77\n',
      }
    case 'nvidia-smi':
      return { code: 0, out: args[0] === '-L' ? listGpus(machine) : table(machine) }
    case 'docker':
      return {
        code: 0,
        out: 'CONTAINER ID   IMAGE                          STATUS        NAMES\nabc123def456   pytorch/pytorch:2.11-cuda13    Up 3 hours    train\n',
      }
    case 'ls':
      return { code: 0, out: 'checkpoints\ndata\ntrain.log\ntrain.py\n' }
    case 'cd':
      // The engine asks what code a job starts with.
      return command.includes('git rev-parse') ? { code: 0, out: `${GIT_COMMIT}\n` } : { code: 0 }
    case 'sleep':
      return { code: 0, afterMs: 1000 * Number(args[0] ?? 0) }
    default:
      return {
        code: 127,
        error: `demo: ${program}: this simulated machine only knows nvidia-smi, ls, docker ps, uptime, hostname, whoami, uname, nproc, echo and sleep\n`,
      }
  }
}

const GIT_COMMIT = '9f2c41d7be0a54c1a7e02f6cbb9d1e6a3c58f407'

function listGpus({ gpus, gpuName }: SimulatedMachine): string {
  return gpus.map(({ uuid }, i) => `GPU ${i}: ${gpuName} (UUID: ${uuid})\n`).join('')
}

function table(machine: SimulatedMachine): string {
  const rows = machine.gpus.map((_, i) => {
    const { temperature, watts, memoryUsedMb, utilization } = readingAt(machine, i, Date.now())
    const memory = machine.isUnified
      ? 'Not Supported'
      : `${memoryUsedMb}MiB / ${machine.gpuMemoryMb}MiB`
    return `| ${String(i).padStart(3)}  ${machine.gpuName.padEnd(28)} ${temperature}C ${watts.toFixed(0).padStart(5)}W  ${memory.padStart(20)}  ${String(utilization).padStart(3)}% |`
  })
  return `NVIDIA-SMI ${machine.driver}    Driver Version: ${machine.driver}\n${rows.join('\n')}\n`
}
