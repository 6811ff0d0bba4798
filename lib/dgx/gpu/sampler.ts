import { randomBytes } from 'node:crypto'
import { EventEmitter } from 'node:events'
import type { ClientChannel, HostPool } from '../ssh/host-pool'
import { remoteCommand } from '../ssh/remote-command'
import { FAST_FIELDS, SLOW_FIELDS } from './fields'
import { FrameReader } from './frames'
import type { KnownGpu } from './known-gpus'
import { nextEvent } from './next-event'
import type { JobOf } from './processes'
import { SampleAssembler } from './sample'
import { samplerScript } from './script'
import type { MachineSample } from './types'

const BACKOFF_MS = [1_000, 2_000, 5_000, 15_000, 60_000]
/** No frame for this long: the script is stuck (it answers even while nvidia-smi hangs). */
const SILENCE_MS = 20_000
const SILENCE_INTERVALS = 4

export type SamplerOptions = {
  host: HostPool
  intervalMs: number
  /** GPUs seen in earlier runs, so that one lost meanwhile is reported. */
  known: readonly KnownGpu[]
  jobOf?: JobOf | undefined
  onSample: (sample: MachineSample) => void
}

/**
 * Samples one connected machine: a script on one long-lived channel, so that a sample costs no
 * handshake, no login shell and no process of ours. Starts the script again when it ends.
 */
export class Sampler {
  readonly #options: SamplerOptions
  readonly #events = new EventEmitter<{ sample: [MachineSample] }>()
  #fastFields: readonly string[] = FAST_FIELDS
  #slowFields: readonly string[] = SLOW_FIELDS
  #known: readonly KnownGpu[]
  #latest: MachineSample | null = null
  #channel: ClientChannel | null = null
  #timer: NodeJS.Timeout | undefined
  #isRunning = false
  #failures = 0
  /** Why no sample comes, from the script's own words. */
  #trouble: string | null = null

  constructor(options: SamplerOptions) {
    this.#options = options
    this.#known = options.known
    // Every waiting request listens; a hundred of them are no leak.
    this.#events.setMaxListeners(0)
  }

  get intervalMs(): number {
    return this.#options.intervalMs
  }

  /** The newest sample, also after `stop`. */
  get latest(): MachineSample | null {
    return this.#latest
  }

  get trouble(): string | null {
    return this.#trouble
  }

  get known(): readonly KnownGpu[] {
    return this.#known
  }

  start(): void {
    if (this.#isRunning) return
    this.#isRunning = true
    this.#failures = 0
    void this.#run()
  }

  stop(): void {
    this.#isRunning = false
    clearTimeout(this.#timer)
    // The script ends by itself when it next writes.
    this.#channel?.close()
    this.#channel = null
  }

  /** The next sample; null when none came in time. */
  next(timeoutMs: number): Promise<MachineSample | null> {
    return nextEvent(this.#events, 'sample', { timeoutMs })
  }

  async #run(): Promise<void> {
    const { host, intervalMs } = this.#options
    const marker = randomBytes(8).toString('hex')
    const script = samplerScript({
      intervalMs,
      marker,
      fastFields: this.#fastFields,
      slowFields: this.#slowFields,
    })
    let channel: ClientChannel
    try {
      channel = await host.openReserved(remoteCommand(script))
    } catch (error) {
      this.#trouble = error instanceof Error ? error.message : String(error)
      this.#startAgain()
      return
    }
    if (!this.#isRunning) {
      channel.close()
      return
    }
    this.#channel = channel
    this.#read(channel, marker)
  }

  #read(channel: ClientChannel, marker: string): void {
    const reader = new FrameReader(marker)
    const assembler = new SampleAssembler({
      fastFields: this.#fastFields,
      slowFields: this.#slowFields,
      known: this.#known,
      jobOf: this.#options.jobOf,
    })
    let words = ''
    const watch = () => {
      clearTimeout(this.#timer)
      const silence = Math.max(SILENCE_MS, SILENCE_INTERVALS * this.#options.intervalMs)
      this.#timer = setTimeout(() => channel.close(), silence)
      this.#timer.unref()
    }
    watch()
    channel.on('data', (chunk: Buffer) => {
      for (const frame of reader.push(chunk)) {
        watch()
        const { sample, unsupportedFields } = assembler.push(frame, new Date())
        this.#known = assembler.known
        if (unsupportedFields.length > 0) {
          this.#drop(unsupportedFields)
          channel.close()
          return
        }
        this.#failures = 0
        this.#trouble = null
        this.#latest = sample
        this.#options.onSample(sample)
        this.#events.emit('sample', sample)
      }
    })
    channel.stderr.on('data', (chunk: Buffer) => {
      if (words.length < 500) words += chunk.toString('utf8')
    })
    channel.on('error', () => {})
    channel.once('close', () => {
      if (this.#channel !== channel) return
      this.#channel = null
      clearTimeout(this.#timer)
      this.#trouble = (words || reader.noise).trim().slice(0, 300) || null
      this.#startAgain()
    })
    channel.end()
  }

  /** A driver that does not know a field fails the whole query: ask without it, at once. */
  #drop(fields: readonly string[]): void {
    this.#fastFields = this.#fastFields.filter((field) => !fields.includes(field))
    this.#slowFields = this.#slowFields.filter((field) => !fields.includes(field))
    this.#failures = -1
  }

  #startAgain(): void {
    if (!this.#isRunning) return
    const wait = this.#failures < 0 ? 0 : (BACKOFF_MS[this.#failures] ?? 60_000)
    this.#failures += 1
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#run(), wait)
    this.#timer.unref()
  }
}
