import { GuardedPattern } from '../guarded-pattern'
import { stripAnsi } from './logs/text'

/** Something that lines of a log tell: the first of them, and how many there were. */
export type LabelFinding = { label: string; line: string; offset: number; count: number }

export type LogLine = { text: string; offset: number }

/** A longer line is looked at up to here. */
const LONGEST_LINE = 16 * 1024
const KEPT_LINE = 500

/** What a pattern of a job's own gets instead of its label when it had to be switched off. */
const PATTERN_FAULT = 'label_pattern_off'

/**
 * What is known of the logs of training runs. None of these has a repetition inside another one, so
 * that each takes time by a line's length only.
 */
const KNOWN: ReadonlyArray<{ label: string; pattern: RegExp }> = [
  {
    label: 'cuda_out_of_memory',
    pattern:
      /CUDA out of memory|CUDA error: out of memory|OutOfMemoryError: CUDA|CUDA_ERROR_OUT_OF_MEMORY|cudaErrorMemoryAllocation|CUBLAS_STATUS_ALLOC_FAILED|RESOURCE_EXHAUSTED: (?:Out of memory|OOM)/i,
  },
  {
    label: 'nccl_timeout',
    pattern:
      /Watchdog caught collective operation timeout|NCCL watchdog thread terminated|(?:NCCL|collective).{0,200}timed? ?out/i,
  },
  { label: 'nan_loss', pattern: /loss['"]?\s?(?:[:=]|is)\s?(?:tensor\()?['"]?-?nan\b/i },
  {
    label: 'uncorrectable_ecc',
    pattern:
      /uncorrectable ECC error|CUDA_ERROR_ECC_UNCORRECTABLE|cudaErrorECCUncorrectable|double.bit ECC/i,
  },
  {
    label: 'cuda_error',
    pattern:
      /CUDA error: (?!out of memory|uncorrectable)|device-side assert triggered|an illegal memory access was encountered|CUDA_ERROR_(?!OUT_OF_MEMORY|ECC)[A-Z]/i,
  },
  {
    label: 'gpu_lost',
    pattern: /GPU has fallen off the bus|Unable to determine the device handle for GPU/i,
  },
  { label: 'traceback', pattern: /Traceback \(most recent call last\)/ },
  {
    label: 'killed',
    pattern:
      /^Killed$|: line \d+: +\d+ Killed\b|oom-kill|Out of memory: Kill|Signals\.SIGKILL|\bSignal 9 \(SIGKILL\)|exitcode +: -9\b/,
  },
  {
    label: 'no_space_left',
    pattern: /No space left on device|\[Errno 28\]|Disk quota exceeded/i,
  },
  { label: 'segmentation_fault', pattern: /Segmentation fault|\bSIGSEGV\b/ },
  {
    label: 'rendezvous_failed',
    pattern:
      /Rendezvous(?:Connection|Timeout)Error|(?:TCPStore|c10d|client socket|MASTER_ADDR).{0,200}(?:Connection refused|failed to connect|timed out)/i,
  },
]

/** Labels the lines of one run: what is known of training runs, and the job's own patterns. */
export class LabelScanner {
  readonly #own: ReadonlyArray<{ label: string; pattern: GuardedPattern }>
  readonly #told = new Set<string>()

  constructor(own: ReadonlyArray<{ label: string; pattern: string }>) {
    this.#own = own.map(({ label, pattern }) => ({ label, pattern: new GuardedPattern(pattern) }))
  }

  /** What these lines tell, each label once. Never throws. */
  scan(lines: readonly LogLine[]): LabelFinding[] {
    const findings = new Map<string, LabelFinding>()
    const add = (label: string, text: string, offset: number) => {
      const known = findings.get(label)
      if (known) known.count += 1
      else findings.set(label, { label, line: text.trim().slice(0, KEPT_LINE), offset, count: 1 })
    }
    const plain = lines.map(({ text }) => stripAnsi(text.slice(0, LONGEST_LINE)))
    for (const [i, { offset }] of lines.entries()) {
      const text = plain[i] ?? ''
      for (const { label, pattern } of KNOWN) if (pattern.test(text)) add(label, text, offset)
    }
    for (const { label, pattern } of this.#own) {
      const matches = pattern.matches(plain)
      for (const [i, { offset }] of lines.entries())
        if (matches[i]?.length) add(label, plain[i] ?? '', offset)
      if (pattern.fault === null || this.#told.has(label)) continue
      this.#told.add(label)
      add(
        PATTERN_FAULT,
        `The pattern of "${label}" is off: ${pattern.fault}`,
        lines[0]?.offset ?? 0,
      )
    }
    return [...findings.values()]
  }
}

/** The lines of a piece of a log, which `\n` and `\r` end, with where each begins in the file. */
export function linesOf(bytes: Buffer, offset: number): LogLine[] {
  const lines: LogLine[] = []
  let start = 0
  for (let i = 0; i <= bytes.length; i += 1) {
    if (i < bytes.length && bytes[i] !== 10 && bytes[i] !== 13) continue
    if (i > start) {
      const text = bytes.toString('utf8', start, Math.min(i, start + LONGEST_LINE))
      lines.push({ text, offset: offset + start })
    }
    start = i + 1
  }
  return lines
}
