import { describe, expect, it } from 'vitest'
import { endOfLines, MetricScanner } from './scanner'

const scanner = (pattern?: string) =>
  new MetricScanner({ source: 'log', ...(pattern === undefined ? {} : { pattern }) })

/** Step and metrics of what a log gives. */
const read = (log: string, pattern?: string) =>
  scanner(pattern)
    .scan(log)
    .map(({ step, metrics }) => ({ step, ...metrics }))

describe('a log', () => {
  it.each([
    {
      name: 'HuggingFace Trainer 5, numbers in quotes',
      log: "{'loss': '0.6942', 'grad_norm': '1.234', 'learning_rate': '5e-05', 'epoch': '0.5'}",
      points: [{ step: null, loss: 0.6942, grad_norm: 1.234, learning_rate: 5e-5, epoch: 0.5 }],
    },
    {
      name: 'HuggingFace Trainer 4, numbers without quotes',
      log: "{'loss': 2.3106, 'grad_norm': nan, 'learning_rate': 0.0, 'epoch': 1.0}",
      points: [{ step: null, loss: 2.3106, grad_norm: Number.NaN, learning_rate: 0, epoch: 1 }],
    },
    {
      name: 'HuggingFace Trainer of 2020, JSON with its step',
      log: '{"learning_rate": 4.9e-05, "loss": 0.31, "step": 500, "epoch": 0.25}',
      points: [{ step: 500, learning_rate: 4.9e-5, loss: 0.31, epoch: 0.25 }],
    },
    {
      name: "HuggingFace's evaluation and its end",
      log: `{'eval_loss': '0.41', 'eval_runtime': '2.1', 'eval_samples_per_second': '48.2', 'epoch': '1'}
{'train_runtime': '12.5', 'train_steps_per_second': '3.2', 'train_loss': '0.52', 'epoch': '3'}`,
      points: [
        { step: null, eval_loss: 0.41, eval_runtime: 2.1, eval_samples_per_second: 48.2, epoch: 1 },
        {
          step: null,
          train_runtime: 12.5,
          train_steps_per_second: 3.2,
          train_loss: 0.52,
          epoch: 3,
        },
      ],
    },
    {
      name: 'HuggingFace with its bar in the same stream, and an evaluation inside',
      log:
        'Map: 100%|██████████| 900/900 [00:00<00:00, 9000.00 examples/s]\n' +
        '\r  0%|          | 0/30 [00:00<?, ?it/s]\r 33%|███▎      | 10/30 [00:05<00:10,  1.90it/s]' +
        "\r                                    \r{'loss': '0.7', 'epoch': '1'}\n" +
        '\r 33%|███▎      | 10/30 [00:05<00:10,  1.90it/s]\n' +
        '\r  0%|          | 0/4 [00:00<?, ?it/s]\r 50%|█████     | 2/4 [00:00<00:00, 3.10it/s]\n' +
        "{'eval_loss': '0.6', 'epoch': '1'}\n" +
        '\r 67%|██████▋   | 20/30 [00:10<00:05,  1.90it/s]\n' +
        "{'loss': '0.5', 'epoch': '2'}\n",
      points: [
        { step: 10, loss: 0.7, epoch: 1 },
        { step: 10, eval_loss: 0.6, epoch: 1 },
        { step: 20, loss: 0.5, epoch: 2 },
      ],
    },
    {
      name: "Lightning's bar, drawn over itself",
      log:
        'Sanity Checking DataLoader 0: 100%|██████████| 2/2 [00:00<00:00, 10.0it/s]\n' +
        'Epoch 0:  22%|██▏ | 4/18 [00:17<01:02, 4.47s/it, v_num=3, train_loss=10.0]\r' +
        'Epoch 0:  28%|██▊ | 5/18 [00:17<01:02, 4.47s/it, v_num=3, train_loss=9.50]\r' +
        'Epoch 0:  28%|██▊ | 5/18 [00:17<01:02, 4.47s/it, v_num=3, train_loss=9.50]\r' +
        'Validation DataLoader 0:  50%|█████ | 1/2 [00:00<00:00, 9.0it/s]\r' +
        'Epoch 1:   6%|▌   | 1/18 [00:17<01:02, 4.47s/it, v_num=3, train_loss=nan.0, val_loss=8.00]\n',
      points: [
        { step: 4, epoch: 0, train_loss: 10 },
        { step: 5, epoch: 0, train_loss: 9.5 },
        { step: 19, epoch: 1, val_loss: 8 },
      ],
    },
    {
      name: "a loop's own tqdm bar, begun again for each epoch",
      log:
        ' 50%|█████     | 1/2 [00:00<00:00,  9.90it/s, loss=0.9]\r' +
        '100%|██████████| 2/2 [00:00<00:00,  9.90it/s, loss=0.8]\n' +
        ' 50%|█████     | 1/2 [00:00<00:00,  9.90it/s, loss=0.7]\n',
      points: [
        { step: 1, loss: 0.9 },
        { step: 2, loss: 0.8 },
        { step: 3, loss: 0.7 },
      ],
    },
    {
      name: "Keras 3's bar in colours, a line for each update",
      log:
        'Epoch 1/10\n' +
        '\x1b[1m 1/10\x1b[0m \x1b[37m━━━━━━━━━━\x1b[0m \x1b[1m9s\x1b[0m 1s/step - accuracy: 0.5000 - loss: 0.6942\n' +
        '\x1b[1m10/10\x1b[0m \x1b[32m━━\x1b[0m\x1b[37m\x1b[0m \x1b[1m1s\x1b[0m 5ms/step - accuracy: 0.9000 - loss: 0.3000\n' +
        '\x1b[1m10/10\x1b[0m \x1b[32m━━\x1b[0m\x1b[37m\x1b[0m \x1b[1m1s\x1b[0m 5ms/step - accuracy: 0.9000 - loss: 0.3000 - val loss: 9.0000e-04\n' +
        'Epoch 2/10\n' +
        '\x1b[1m10/10\x1b[0m \x1b[32m━━\x1b[0m \x1b[1m1s\x1b[0m 5ms/step - accuracy: 0.9500 - loss: 0.2000\n',
      points: [
        { step: 1, epoch: 1, accuracy: 0.5, loss: 0.6942 },
        { step: 10, epoch: 1, accuracy: 0.9, loss: 0.3 },
        { step: 10, val_loss: 9e-4 },
        { step: 20, epoch: 2, accuracy: 0.95, loss: 0.2 },
      ],
    },
    {
      name: 'Keras 2, drawn over itself, and verbose=2',
      log:
        'Epoch 2/3\n' +
        '  1/100 [..............................] - ETA: 5s - loss: 0.9\b\b\b\r' +
        '100/100 [==============================] - 1s 5ms/step - loss: 0.3 - val_loss: 0.4\n' +
        'Epoch 3/3\n100/100 - 1s - loss: 0.1 - 1s/epoch - 9ms/step\n',
      points: [
        { step: 101, epoch: 2, loss: 0.9 },
        { step: 200, epoch: 2, loss: 0.3, val_loss: 0.4 },
        { step: 300, epoch: 3, loss: 0.1 },
      ],
    },
    { name: 'key=value', log: 'step=10 loss=0.5', points: [{ step: 10, loss: 0.5 }] },
    { name: 'key: value', log: 'step: 10, loss: 0.5', points: [{ step: 10, loss: 0.5 }] },
    {
      name: 'key=value behind what a logger writes',
      log: '[2026-11-25 10:11:12,345][INFO] trainer.py:88 global_step=7 train/loss=1e-3 lr=3e-4 tokens_per_s=1.2e5',
      points: [{ step: 7, 'train/loss': 1e-3, lr: 3e-4, tokens_per_s: 1.2e5 }],
    },
    {
      name: 'a metric alone, at the last step',
      log: 'step=10 loss=0.5\nval_loss: 0.4\naccuracy: 93.1%\n',
      points: [
        { step: 10, loss: 0.5 },
        { step: 10, val_loss: 0.4 },
        { step: 10, accuracy: 93.1 },
      ],
    },
    {
      name: 'epochs and steps within them',
      log: 'Epoch [1/3], Step [100/600], Loss: 0.2345\nEpoch [2/3], Step [100/600], Loss: 0.2\n',
      points: [
        { step: 100, epoch: 1, Loss: 0.2345 },
        { step: 700, epoch: 2, Loss: 0.2 },
      ],
    },
    {
      name: "PyTorch's examples",
      log:
        'Train Epoch: 2 [6400/60000 (11%)]\tLoss: 0.345678\n' +
        '| epoch   2 |   200/ 2928 batches | lr 5.00 | ms/batch 15.0 | loss  6.91 | ppl  1000.5\n',
      points: [
        { step: 66400, epoch: 2, Loss: 0.345678 },
        { step: 3128, epoch: 2, lr: 5, loss: 6.91, ppl: 1000.5 },
      ],
    },
    {
      name: 'nanoGPT',
      log: 'step 0: train loss 4.2874, val loss 4.2823\niter 7: loss 2.5, time 123.45ms, mfu 5.21%\n',
      points: [
        { step: 0, train_loss: 4.2874, val_loss: 4.2823 },
        { step: 7, loss: 2.5, mfu: 5.21 },
      ],
    },
    {
      name: 'NaN and infinities',
      log: 'step=1 loss=nan grad_norm=inf\nstep: 2, loss: -Infinity\n{"step": 3, "loss": NaN}\n',
      points: [
        { step: 1, loss: Number.NaN, grad_norm: Infinity },
        { step: 2, loss: -Infinity },
        { step: 3, loss: Number.NaN },
      ],
    },
    {
      name: 'lines of JSON',
      log: '{"step": 10, "loss": 0.3, "pid": 77}\n{"level":"info","msg":"x","epoch":2,"val":{"loss":1}}\n',
      points: [
        { step: 10, loss: 0.3 },
        { step: 10, epoch: 2, 'val.loss': 1 },
      ],
    },
    {
      name: 'lines that are meant for us, with whatever name',
      log: '::metric {"step": 1, "apples": 5}\n[rank0]: ::metric {"pears": Infinity}\n',
      points: [
        { step: 1, apples: 5 },
        { step: null, pears: Infinity },
      ],
    },
  ])('of $name', ({ log, points }) => expect(read(log)).toEqual(points))

  it.each([
    '',
    'Python 3.11.7 on linux',
    'torch==2.4.0 numpy=1.26.4 cuda: 12.4',
    'loss: 1.2.3',
    'Namespace(epoch=10, lr=0.001, loss_weight=0.5, loss=0.1, seed=42)',
    'TrainingArguments(step=5, loss=1)',
    'epochs=10 batch_size=32 lr=0.001 seed=42 warmup_steps=100',
    'python train.py --epoch=10 --loss=0.5 --steps 100',
    "{'lr': 0.1, 'epochs': 10, 'batch_size': 32, 'dropout': 0.1}",
    '{"level": "info", "ts": 1700000000, "msg": "listening", "port": 8080}',
    '{"epoch": 3, "learning_rate": 0.1, "batch_size": 32}',
    '  "learning_rate": 5e-05,',
    '{"loss": "mse", "hidden_size": 768}',
    'max_grad_norm: 1.0',
    'step=10',
    'Epoch 3 took 12.5s',
    'Epoch 3/10',
    'epoch 1: best loss: 0.5, val_loss did not improve from 0.4',
    'step=500 size=1.2GB seed=3',
    'Resuming from step=500 with lr=0.001',
    '64 bytes from 10.0.0.1: icmp_seq=1 ttl=64 time=0.045 ms',
    '2 packets transmitted, 2 received, 0% packet loss, time 1001ms',
    'packet loss: 0',
    'GET http://host:8080/?step=1&loss=2 200',
    'https://wandb.ai/run?loss=3',
    '  File "train.py", line 10, in step',
    '    loss = criterion(output, target)',
    'assert loss == 0.5',
    'time: 12:30:01 loss: 12:30:01',
    'loss=0.5ms',
    'Downloading: 100%|██████████| 570/570 [00:00<00:00, 1.2MB/s, loss=1]',
    'Validation DataLoader 0:  50%|█████ | 1/2 [00:00<00:00, 9.0it/s, loss=3]',
    '3/10 - something: else',
    '1/2 files - size: 30',
    'wandb:  loss 0.5',
    '| 0  N/A  30C  P0  60W / 700W | 100MiB / 81559MiB | 0% |',
    'NCCL INFO Channel 00/24 : 0 1 2 3',
    'nan',
    'information: 5',
    '{{{{{',
    '{"step": 1, "loss": ',
    '::metric nothing',
    '\x1b[31m\x1b[0m\x1b]0;title\x07',
  ])('gives nothing for %j', (line) => expect(read(line)).toEqual([]))

  it('takes its own pattern in place of all others, but for marked lines', () => {
    const log =
      'step=10 loss=0.5\n>> it 12 L=0.25 A=nan\n::metric {"step": 13, "apples": 5}\n>> it 14 L=abc\n'
    expect(read(log, String.raw`it (?<step>\d+) L=(?<my_loss>\S+)(?: A=(?<acc>\S+))?`)).toEqual([
      { step: 12, my_loss: 0.25, acc: Number.NaN },
      { step: 13, apples: 5 },
    ])
    expect(read('a:1 b:2 step:3\n', String.raw`(?<key>\w+):(?<value>\d+)`)).toEqual([
      { step: 3, a: 1, b: 2 },
    ])
  })

  it('turns a pattern off that does not come to an end, and says so', () => {
    const own = scanner('(?<loss>(a+)+)$')
    const bad = `${'a'.repeat(40)}b\n`
    expect(own.patternFault).toBeNull()
    expect(own.scan(bad.repeat(5))).toEqual([])
    expect(own.patternFault).toContain('longer than')
    expect(own.scan('::metric {"loss": 1}\n')).toHaveLength(1)
    expect(scanner('(').patternFault).toContain('Unterminated group')
  })

  it('draws thousands of points of a bar that moves a million times, and its end', () => {
    const bars = scanner()
    let count = 0
    let last: number | null = null
    for (let n = 1; n <= 100_000; n += 1) {
      const line = `${n / 1000}%|█| ${n}/100000 [00:00<00:00, 9it/s, loss=${1 / n}]\r`
      for (const { step } of bars.scan(line.replace(/^[\d.]+/, '1'))) {
        count += 1
        last = step
      }
    }
    expect(count).toBeGreaterThan(1000)
    expect(count).toBeLessThan(10_000)
    expect(last).toBe(100_000)
  })

  it('never throws and never takes long, whatever the bytes', () => {
    const alphabet = [
      ...'{}[]()<>|"\'`\\%:=,;.-+/ \t\r\n\b\x1b\x07\0',
      ...'0123456789eaN',
      ...[
        'loss',
        'step',
        'epoch',
        'nan',
        'Infinity',
        ' - ',
        '::metric {',
        '\x1b]',
        '\x1b[1m',
        '█',
        '\ud800',
      ],
      ...['100%|', '1/2 ', '[00:00<00:00, 1it/s, ', "{'loss': '", '{"a":', '\\"'],
    ]
    let seed = 1
    const random = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647
      return seed % below
    }
    for (let round = 0; round < 3000; round += 1) {
      const text = Array.from({ length: random(60) }, () => alphabet[random(alphabet.length)]).join(
        '',
      )
      scanner().scan(text)
      new MetricScanner({ source: 'metrics_file' }).scan(text)
    }
    // One piece again and again is what makes a careless pattern quadratic: then these would take hours.
    for (const piece of alphabet) {
      scanner().scan(piece.repeat(Math.ceil(2_000_000 / piece.length)))
      const line = `{"a": NaN, "${piece.repeat(Math.ceil(900_000 / piece.length))}}`
      new MetricScanner({ source: 'metrics_file' }).scan(line)
    }
  }, 120_000)
})

describe('the metrics file', () => {
  const file = (text: string) => new MetricScanner({ source: 'metrics_file' }).scan(text)

  it('takes any name, with step, time and log_id beside them', () => {
    expect(
      file(
        '{"step": 1, "time": 1764000000.5, "log_id": "a-1", "loss": 0.5, "note": "x", "none": null}\n' +
          '{"loss": NaN, "a": -Infinity, "b": "NaN", "val": {"acc": 1}}\n' +
          '{"step": 3, "metrics": {"step": 7, "time": 12.5}}\n' +
          '{"step": 4, "time": 12.5}\n',
      ),
    ).toEqual([
      { step: 1, at: new Date(1_764_000_000_500), log_id: 'a-1', metrics: { loss: 0.5 } },
      {
        step: null,
        at: null,
        log_id: null,
        metrics: { loss: Number.NaN, a: -Infinity, b: Number.NaN, 'val.acc': 1 },
      },
      { step: 3, at: null, log_id: null, metrics: { step: 7, time: 12.5 } },
      { step: 4, at: null, log_id: null, metrics: { time: 12.5 } },
    ])
  })

  it('leaves out lines that are broken, and keeps those around them', () => {
    const log = '{"loss": 1}\n{"loss": \n\0\0\n[1]\n"x"\n{"__proto__": 5}\n{"loss": 2}\n'
    expect(file(log).map(({ metrics }) => Object.entries(metrics))).toEqual([
      [['loss', 1]],
      [['__proto__', 5]],
      [['loss', 2]],
    ])
  })

  it('is read up to its last whole line', () => {
    const bytes = Buffer.from('{"loss": 1}\n{"lo')
    expect(endOfLines(bytes, 'metrics_file')).toBe(12)
    expect(endOfLines(Buffer.from('{"lo\r'), 'metrics_file')).toBe(0)
    expect(endOfLines(Buffer.from('a\n 5%|\r 6'), 'log')).toBe(7)
    expect(endOfLines(Buffer.from('abc'), 'log')).toBe(0)
  })
})
