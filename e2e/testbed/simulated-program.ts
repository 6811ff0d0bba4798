/** What the command of a job would do on a simulated machine: what it writes, how long it takes, how it ends. */

export type OutputFile = 'stdout' | 'stderr' | 'metrics'

/** Something that a program writes, so long after its start. */
export type Output = { afterMs: number; file: OutputFile; text: string }

export type Program = {
  durationMs: number
  exitCode: number
  /** What its supervisor says of the end. */
  message: string
  /** Share of the time that its GPUs work, 0 to 1, and how much of their memory it holds. */
  load: number
  memoryShare: number
  /** In the order in which it is written. */
  output(startedMs: number): Iterable<Output>
}

/** What a program that runs for a moment says. */
type Reply = { code: number; out?: string; error?: string; afterMs?: number }

const ROW_MS = 4_000
const ROWS_PER_EPOCH = 75
const STEPS_PER_ROW = 50
const ROWS_PER_POINT = 3
const LOADING_MS = 12_000
/** Beyond these, training goes wrong as it would. */
const MOST_BATCH = 2_048
const MOST_RATE = 0.01
const OUT_OF_MEMORY_AFTER_MS = 34_000
const DIVERGES_AT_ROW = 18
/** The first attempt of reinforcement learning loses a worker; the next one has luck. */
const WORKER_LOST_AFTER_MS = 9 * 60_000

/**
 * Any program in Python is a training. `--epochs N` takes N times five minutes; too large a
 * `--batch-size` runs out of GPU memory, too large an `--lr` diverges, and `ppo` fails at first. What
 * else there is, a terminal of the machine would answer too.
 */
export function programOf(
  command: string,
  options: { attempt: number; gpuCount: number; replyTo: (line: string) => Reply },
): Program {
  if (/\.py\b|\bpython3? -m\b/.test(command)) return training(command, options)
  const { code, out = '', error = '', afterMs = 0 } = options.replyTo(command.trim())
  return {
    durationMs: afterMs,
    exitCode: code,
    message: code === 127 ? error.trim() : '',
    load: 0,
    memoryShare: 0,
    output: () => [
      { afterMs: 0, file: 'stdout', text: out },
      { afterMs: 0, file: 'stderr', text: error },
    ],
  }
}

function training(
  command: string,
  { attempt, gpuCount }: { attempt: number; gpuCount: number },
): Program {
  const flag = (name: string) => new RegExp(`--${name}[= ](\\S+)`).exec(command)?.[1]
  const epochs = Math.max(1, Number(flag('epochs') ?? 3))
  const rate = Number(flag('lr') ?? 3e-4)
  const batch = Number(flag('batch-size') ?? 256)
  const seed = hash(command)
  const rows = epochs * ROWS_PER_EPOCH
  const isLucky = !command.includes('ppo') || attempt > 1
  const end =
    batch > MOST_BATCH
      ? { afterMs: OUT_OF_MEMORY_AFTER_MS, said: OUT_OF_MEMORY }
      : rate >= MOST_RATE
        ? { afterMs: LOADING_MS + (DIVERGES_AT_ROW + 1) * ROW_MS, said: DIVERGED }
        : isLucky
          ? null
          : { afterMs: WORKER_LOST_AFTER_MS, said: WORKER_LOST }
  const durationMs = end?.afterMs ?? LOADING_MS + (rows + 1) * ROW_MS

  function* output(startedMs: number): Generator<Output> {
    const gpus = gpuCount === 1 ? '1 GPU' : `${gpuCount} GPUs`
    const line = (afterMs: number, text: string, file: OutputFile = 'stdout') => ({
      ...{ afterMs, file },
      text: `${text}\n`,
    })
    yield line(300, `Using ${gpus}, bf16, batch ${batch}, seed ${seed % 100}`)
    yield line(2_000, PINNED_WARNING, 'stderr')
    yield line(
      LOADING_MS - 1_000,
      `Data ready: 1281167 samples, ${STEPS_PER_ROW * ROWS_PER_EPOCH} steps an epoch`,
    )
    for (let row = 0; row < rows; row += 1) {
      const afterMs = LOADING_MS + (row + 1) * ROW_MS
      if (end && afterMs >= end.afterMs) break
      const values = valuesAt({ row, rows, rate, seed, batch, isDiverging: rate >= MOST_RATE })
      if (row % ROWS_PER_EPOCH === 0) yield line(afterMs, HEADER)
      yield line(afterMs, rowOf(values))
      if (row % ROWS_PER_POINT === 0 || Number.isNaN(values.train_loss)) {
        // The same length at any moment, so that offsets hold when it is written anew.
        const time = Math.round((startedMs + afterMs) / 1000)
        const { step, ...metrics } = values
        const text = JSON.stringify({ time, step, metrics }, (_, value) =>
          Number.isNaN(value) ? 'NaN' : value,
        )
        yield line(afterMs, text, 'metrics')
      }
      if ((row + 1) % ROWS_PER_EPOCH === 0) yield line(afterMs + 900, checkpoint(values.step))
    }
    if (end) yield line(end.afterMs, end.said, 'stderr')
    else yield line(durationMs - 200, `\x1b[32mDone\x1b[0m after ${epochs} epochs`)
  }

  return {
    ...{ durationMs, output, exitCode: end ? 1 : 0, message: '' },
    load: 0.97 - 0.02 * (seed % 5),
    memoryShare: 0.74 + 0.04 * (seed % 5),
  }
}

type Values = ReturnType<typeof valuesAt>

function valuesAt(options: {
  row: number
  rows: number
  rate: number
  seed: number
  batch: number
  isDiverging: boolean
}) {
  const { row, rows, rate, seed, batch, isDiverging } = options
  const step = (row + 1) * STEPS_PER_ROW
  const wobble = noise(seed, row)
  const spread = 0.5 + 0.5 * noise(seed, Math.floor(row / 5))
  const best = 0.32 + 0.012 * (seed % 11)
  const pace = 160 + (seed % 7) * 22
  const warm = Math.min(1, step / 1_000)
  const blowUp = isDiverging ? 0.02 * row ** 2 : 0
  const loss = best + 2.1 * Math.exp(-row / pace) + 0.06 * wobble + blowUp
  const isNan = isDiverging && row === DIVERGES_AT_ROW - 1
  return {
    step,
    epoch: Math.floor(row / ROWS_PER_EPOCH) + 1,
    train_loss: isNan ? Number.NaN : round(loss),
    val_loss: round(best + 0.08 + 1.9 * Math.exp(-row / (pace * 1.15)) + 0.015 * spread + blowUp),
    val_accuracy: round(
      Math.max(0.001, 0.95 - 0.25 * best - 0.85 * Math.exp(-row / (pace * 1.3)) + 0.004 * wobble),
    ),
    learning_rate: round(rate * warm * (0.52 + 0.48 * Math.cos((Math.PI * row) / rows))),
    grad_norm: round(0.4 + 3.5 * Math.exp(-row / 90) + 0.35 * Math.abs(wobble) + 4 * blowUp),
    samples_per_s: round(batch * (5.8 + 0.14 * wobble)),
  }
}

const HEADER =
  '\x1b[1m epoch      step  train_loss   val_loss    val_acc          lr   grad_norm\x1b[0m'

function rowOf(values: Values): string {
  const { epoch, step, train_loss, val_loss, val_accuracy, learning_rate, grad_norm } = values
  return [
    String(epoch).padStart(6),
    String(step).padStart(9),
    train_loss.toFixed(4).padStart(11),
    val_loss.toFixed(4).padStart(10),
    val_accuracy.toFixed(4).padStart(10),
    learning_rate.toExponential(2).padStart(11),
    grad_norm.toFixed(3).padStart(11),
  ].join(' ')
}

const checkpoint = (step: number) => `\x1b[32mSaved checkpoints/step-${step}.pt\x1b[0m`

/** A value between -1 and 1 that looks like noise and is always the same. */
function noise(seed: number, i: number): number {
  const x = Math.sin(seed * 127.1 + i * 311.7) * 43_758.5453
  return 2 * (x - Math.floor(x)) - 1
}

function hash(text: string): number {
  let value = 7
  for (const letter of text) value = (value * 31 + letter.charCodeAt(0)) % 10_007
  return value
}

const round = (value: number) => Number(value.toPrecision(5))

const PINNED_WARNING =
  '\x1b[33mUserWarning: 16 workers on a machine with other work; consider fewer (dataloader.py:557)\x1b[0m'

const OUT_OF_MEMORY = `Traceback (most recent call last):
  File "train.py", line 214, in <module>
    main(parse_args())
  File "train.py", line 171, in main
    loss = step(model, batch)
  File "train.py", line 96, in step
    return F.cross_entropy(model(batch.images), batch.labels)
  File "model.py", line 88, in forward
    x = x + self.attn(self.norm1(x))
torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 9.25 GiB. GPU 0 has a total capacity of 79.25 GiB of which 3.41 GiB is free. Including non-PyTorch memory, this process has 75.83 GiB memory in use.`

const DIVERGED = `Loss is nan at step ${DIVERGES_AT_ROW * STEPS_PER_ROW}
Traceback (most recent call last):
  File "train.py", line 214, in <module>
    main(parse_args())
  File "train.py", line 178, in main
    raise FloatingPointError(f"loss is {loss.item()} at step {step}")
FloatingPointError: loss is nan at step ${DIVERGES_AT_ROW * STEPS_PER_ROW}`

const WORKER_LOST = `Traceback (most recent call last):
  File "ppo.py", line 302, in <module>
    learner.run()
  File "ppo.py", line 188, in run
    rollout = self.workers.gather()
  File "envs/pool.py", line 71, in gather
    return [pipe.recv() for pipe in self.pipes]
EOFError: environment worker 3 is gone`
