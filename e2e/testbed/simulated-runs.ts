import type { ServerChannel } from 'ssh2'
import { grep } from './simulated-grep'
import { type OutputFile, type Program, programOf } from './simulated-program'
import type { Reply } from './simulated-shell'

/** A run of a managed job, as its machine knows it. */
export type RunRecord = {
  job_id: string
  attempt: number
  run_token: string
  command: string
  gpu_uuids: readonly string[]
  timeout_s: number | null
  startedMs: number
  /** When it was told to end, if it was. */
  stoppedMs: number | null
}

/** What a GPU does for someone. */
export type Work = {
  load: number
  memoryShare: number
  job_id: string
  process: { pid: number; user: string; name: string; command: string }
}

type Run = RunRecord & {
  program: Program
  pid: number
  files: Record<OutputFile, Buffer>
  written: Iterator<{ afterMs: number; file: OutputFile; text: string }>
  next: { afterMs: number; file: OutputFile; text: string } | null
}

type End = { atMs: number; code: number; reason: string; message: string }

/** From TERM until a training has written its checkpoint. */
const LEAVES_AFTER_MS = 1_500
const LOADS_FOR_MS = 12_000
const FOLLOW_EVERY_MS = 500
const BOOT_ID = '6d1f0c52-0f6e-4a3b-9c1d-de3000000001'
const FILE_NAMES: Record<string, OutputFile> = {
  'stdout.log': 'stdout',
  'stderr.log': 'stderr',
  'metrics.jsonl': 'metrics',
}

/**
 * The runs of a simulated machine: what `lib/dgx/jobs` asks of one, answered as its scripts would.
 * Nothing is executed. All of a run follows from its record, so that one that is put back after a
 * restart has written the same.
 */
export class SimulatedRuns {
  readonly #runs = new Map<string, Run>()
  readonly #firstStarts = new Map<string, number>()
  readonly #replyTo: (line: string) => Reply
  readonly #bootMs: number
  #nextPid = 48_211

  constructor(options: { replyTo: (line: string) => Reply; bootMs: number }) {
    this.#replyTo = options.replyTo
    this.#bootMs = options.bootMs
  }

  /** Begins a run, or puts one back that began earlier. */
  add(record: RunRecord): void {
    const program = programOf(record.command, {
      attempt: record.attempt,
      gpuCount: record.gpu_uuids.length,
      replyTo: this.#replyTo,
    })
    const empty = Buffer.alloc(0)
    const written = program.output(record.startedMs)[Symbol.iterator]()
    const run: Run = {
      ...record,
      ...{ program, written, pid: this.#nextPid, next: written.next().value ?? null },
      files: { stdout: empty, stderr: empty, metrics: empty },
    }
    this.#nextPid += 20
    this.#runs.set(keyOf(run), run)
    for (const uuid of run.gpu_uuids) {
      const first = this.#firstStarts.get(uuid) ?? Infinity
      this.#firstStarts.set(uuid, Math.min(first, run.startedMs))
    }
  }

  /** What a GPU did for a run at a moment; null when it did nothing for any. */
  workOn(uuid: string, atMs: number): Work | null {
    for (const run of this.#runs.values()) {
      if (!run.gpu_uuids.includes(uuid) || atMs < run.startedMs) continue
      const { program, command, job_id } = run
      if (atMs >= endOf(run).atMs || program.memoryShare === 0) continue
      const isLoading = atMs < run.startedMs + LOADS_FOR_MS
      const rank = run.gpu_uuids.indexOf(uuid)
      return {
        job_id,
        load: isLoading ? 0.03 : program.load,
        memoryShare: program.memoryShare,
        process: { pid: run.pid + 1 + rank, user: 'demo', name: 'python', command },
      }
    }
    return null
  }

  /** When a GPU was first used for a run, ms since 1970; undefined when it never was. */
  firstStartOn(uuid: string): number | undefined {
    return this.#firstStarts.get(uuid)
  }

  /** Answers what the engine asks of runs; false when the script asks for something else. */
  answer(channel: ServerChannel, script: string, command: string): boolean {
    const folder = /\.dgx-command-center\/jobs\/([\w-]+\/\d+)/.exec(script)?.[1]
    if (/tail -c \+\d+ \$s -F /.test(script)) {
      this.#follow(channel, script, folder)
      return true
    }
    const reply = this.#replyOn(command, folder)
    if (!reply) return false
    const chunks: Buffer[] = []
    channel.on('data', (chunk: Buffer) => chunks.push(chunk))
    channel.on('end', () => {
      channel.write(reply(Buffer.concat(chunks)))
      channel.exit(0)
      channel.end()
    })
    return true
  }

  #replyOn(
    command: string,
    folder: string | undefined,
  ): ((stdin: Buffer) => Buffer | string) | null {
    if (command === 'exec sh -s') return (stdin) => this.#read(stdin.toString())
    if (/\breport_end$/m.test(command)) {
      return (stdin) => {
        if (/^new=/m.test(command)) this.#launch(command, stdin.toString())
        if (/^how=/m.test(command)) this.#stop(command)
        const id = setting(command, 'id')
        const names = id === '' ? stdin.toString().split('\n').filter(Boolean) : [id]
        return this.#report(names, setting(command, 'M'))
      }
    }
    if (command.includes('while read -r job; do\n  rm')) {
      return (stdin) => {
        const jobs = stdin.toString().split('\n').filter(Boolean)
        for (const [key, { job_id }] of this.#runs) {
          if (jobs.includes(job_id)) this.#runs.delete(key)
        }
        return jobs.map((job) => `gone ${job}\n`).join('')
      }
    }
    const run = this.#runs.get(folder ?? '')
    if (/^echo;echo @\w+ end$/m.test(command)) return () => this.#search(command, run)
    const [, from, name = '', most] = /^tail -c \+(\d+) (\S+) \| head -c (\d+)$/.exec(command) ?? []
    if (run && from) {
      const start = Number(from) - 1
      return () => this.#file(run, name).subarray(start, start + Number(most))
    }
    return null
  }

  #launch(script: string, bundle: string): void {
    const files = bundle.matchAll(/printf %s ((?:'[^']*'|\\'|[^\s'])+) > "\$new\/([\w.-]+)"/g)
    const parts = new Map([...files].map(([, text = '', name = '']) => [name, unquote(text)]))
    const spec = parts.get('spec.sh') ?? ''
    const environment = (parts.get('environment.sh') ?? '').replaceAll('export ', '')
    const [job_id = '', attempt] = setting(script, 'id').split('/')
    if (this.#runs.has(`${job_id}/${attempt}`)) return
    this.add({
      job_id,
      attempt: Number(attempt),
      run_token: setting(spec, 'token'),
      command: (parts.get('command.sh') ?? '').trim(),
      gpu_uuids: setting(environment, 'CUDA_VISIBLE_DEVICES').split(',').filter(Boolean),
      timeout_s: Number(setting(spec, 'timeout_s')) || null,
      startedMs: Date.now(),
      stoppedMs: null,
    })
  }

  #stop(script: string): void {
    const run = this.#runs.get(setting(script, 'id'))
    if (!run || hasEnded(run)) return
    const isKilled = setting(script, 'how') === 'kill'
    run.stoppedMs = isKilled ? Date.now() - LEAVES_AFTER_MS : (run.stoppedMs ?? Date.now())
  }

  /** As `report` and `report_end` of lib/dgx/jobs/runner/shell-functions.ts print it. */
  #report(names: readonly string[], marker: string): string {
    const now = Date.now()
    const up = (atMs: number) => Math.max(0, (atMs - this.#bootMs) / 1000).toFixed(2)
    const runs = names.flatMap((name) => this.#runs.get(name) ?? [])
    const lines = runs.flatMap((run) => {
      const { pid } = run
      const at = keyOf(run)
      const end = endOf(run)
      const started = Math.round(Number(up(run.startedMs)) * 100)
      const isOver = hasEnded(run)
      const beatMs = Math.min(isOver ? end.atMs : now, now)
      return [
        `${at}/claim:${pid} ${started} ${BOOT_ID}`,
        `${at}/pid:${pid} ${started} ${pid + 1} ${started} ${pid + 1} ${BOOT_ID} ${up(run.startedMs)}`,
        `${at}/heartbeat:${up(beatMs)} 0 0`,
        isOver
          ? `${at}/exit:${end.code} ${end.reason} ${up(end.atMs)} ${BOOT_ID} ${end.message}`
          : `${pid} (sh) S ${'0 '.repeat(18)}${started} 0`,
        ...Object.keys(FILE_NAMES).map(
          (name) => `file ${this.#file(run, name).length} ${seconds(now)} ${at}/${name}`,
        ),
        `file 80 ${seconds(run.startedMs)} ${at}/pid`,
        ...(isOver
          ? [`file 80 ${seconds(end.atMs)} ${at}/exit`]
          : [`/proc/${pid + 1}/environ:DGX_RUN_TOKEN=${run.run_token}`]),
      ]
    })
    return [...lines, `@${marker} end ${BOOT_ID} ${up(now)} ${seconds(now)}`, ''].join('\n')
  }

  /** As the script of lib/dgx/jobs/logs/remote-files.ts prints it. */
  #read(script: string): Buffer {
    const marker = setting(script, 'M')
    const list = /^L='([^']*)'$/m.exec(script)?.[1] ?? ''
    const parts = list.split('\n').flatMap((line, i) => {
      const [path = '', from = '0', most = '0', lines = '0'] = line.split(' ')
      const run = this.#runs.get(path.slice(0, path.lastIndexOf('/')))
      if (!run) return [`@${marker} ${i} gone\n`]
      const bytes = this.#file(run, path.slice(path.lastIndexOf('/') + 1))
      const start = Number(from) < 0 ? Math.max(0, bytes.length - Number(most)) : Number(from)
      const part = bytes.subarray(start, start + Number(most))
      const head = `@${marker} ${i} ${bytes.length} ${start} ${part.length}\n`
      return [head, Number(lines) > 0 ? lastLines(part, Number(lines)) : part]
    })
    return Buffer.concat([...parts, `@${marker} end\n`].map((part) => Buffer.from(part)))
  }

  /** As the script of lib/dgx/jobs/logs/search.ts prints it. */
  #search(script: string, run: Run | undefined): string {
    const marker = /^echo;echo (@\w+) end$/m.exec(script)?.[1]
    if (!run) return `${marker} gone\n`
    const searches = [...script.matchAll(/<(\w+\.log)\|\{ LC_ALL=C (grep .*)$/gm)]
    const found = searches.map(
      ([, name = '', options = '']) =>
        `${marker} there\n${grep(this.#file(run, name).toString(), options)}`,
    )
    return `${found.join('')}\n${marker} end\n`
  }

  /** As the script of lib/dgx/jobs/logs/remote-tail.ts does it, until its input ends. */
  #follow(channel: ServerChannel, script: string, folder: string | undefined): void {
    const marker = /echo (@\w+);/.exec(script)?.[1]
    const places = { stdout: 0, stderr: 0 }
    for (const [, from, name] of script.matchAll(/tail -c \+(\d+) \$s -F (\w+)\.log/g)) {
      if (name === 'stdout' || name === 'stderr') places[name] = Number(from) - 1
    }
    const write = () => {
      const run = this.#runs.get(folder ?? '')
      if (!run) return end(1)
      for (const [name, to] of [
        ['stdout', channel] as const,
        ['stderr', channel.stderr] as const,
      ]) {
        const bytes = this.#file(run, `${name}.log`)
        if (bytes.length > places[name]) to.write(bytes.subarray(places[name]))
        places[name] = Math.max(places[name], bytes.length)
      }
    }
    const timer = setInterval(() => write(), FOLLOW_EVERY_MS)
    const end = (code: number) => {
      clearInterval(timer)
      channel.exit(code)
      channel.end()
    }
    channel.on('close', () => clearInterval(timer))
    channel.on('end', () => end(0))
    channel.resume()
    channel.write(`${marker}\n`)
    channel.stderr.write(`${marker}\n`)
    write()
  }

  /** What a file of a run holds by now. */
  #file(run: Run, name: string): Buffer {
    const file = FILE_NAMES[name]
    if (!file) return Buffer.alloc(0)
    const until = Math.min(Date.now(), endOf(run).atMs) - run.startedMs
    const fresh: Record<OutputFile, string[]> = { stdout: [], stderr: [], metrics: [] }
    while (run.next && run.next.afterMs <= until) {
      fresh[run.next.file].push(run.next.text)
      run.next = run.written.next().value ?? null
    }
    for (const [to, texts] of Object.entries(fresh) as [OutputFile, string[]][]) {
      if (texts.length > 0)
        run.files[to] = Buffer.concat([run.files[to], Buffer.from(texts.join(''))])
    }
    return run.files[file]
  }
}

const keyOf = ({ job_id, attempt }: RunRecord) => `${job_id}/${attempt}`

const seconds = (ms: number) => Math.floor(ms / 1000)

const hasEnded = (run: Run) => endOf(run).atMs <= Date.now()

/** How it ends or ended: by itself, when it was told to, or at its timeout. */
function endOf({ program, startedMs, stoppedMs, timeout_s }: Run): End {
  const own: End = {
    atMs: startedMs + program.durationMs,
    code: program.exitCode,
    // As supervisor-script.ts tells a command that is not there.
    reason: program.exitCode === 127 ? 'launch_failed' : 'exited',
    message: program.message,
  }
  const message = ''
  const stopped = { atMs: (stoppedMs ?? Infinity) + LEAVES_AFTER_MS, code: 143, message }
  const timedOut = { atMs: startedMs + (timeout_s ?? Infinity) * 1000, code: 143, message }
  const ends = [own, { ...stopped, reason: 'signalled' }, { ...timedOut, reason: 'timed_out' }]
  return ends.reduce((first, end) => (end.atMs < first.atMs ? end : first))
}

function lastLines(bytes: Buffer, count: number): Buffer {
  let at = bytes.length - 1
  for (let left = count; left > 0 && at >= 0; left -= 1) at = bytes.lastIndexOf(10, at - 1)
  return at < 0 ? bytes : bytes.subarray(at + 1)
}

const unquote = (word: string): string =>
  word.replace(/^'([\s\S]*)'$/, '$1').replaceAll(`'\\''`, "'")

const setting = (script: string, name: string): string =>
  new RegExp(`^${name}='?([^'\\n]*)'?$`, 'm').exec(script)?.[1] ?? ''
