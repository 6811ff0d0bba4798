import { describe, expect, it } from 'vitest'
import { LabelScanner, linesOf } from './labels'

const scan = (text: string, own: Array<{ label: string; pattern: string }> = []) =>
  new LabelScanner(own).scan(linesOf(Buffer.from(text), 0))
const labels = (text: string) => scan(text).map(({ label }) => label)

describe('labels of a log', () => {
  it.each([
    [
      'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.',
      'cuda_out_of_memory',
    ],
    ['RuntimeError: CUDA error: out of memory', 'cuda_out_of_memory'],
    ['RESOURCE_EXHAUSTED: Out of memory allocating 123 bytes', 'cuda_out_of_memory'],
    [
      '[rank1]:[E ProcessGroupNCCL.cpp:616] [Rank 1] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=42)',
      'nccl_timeout',
    ],
    ['step=4 loss=nan lr=0.1', 'nan_loss'],
    ["{'loss': 'nan', 'epoch': '0.5'}", 'nan_loss'],
    ['{"train_loss": NaN}', 'nan_loss'],
    ['Loss is nan, stopping training', 'nan_loss'],
    ['\x1b[31mloss: nan\x1b[0m', 'nan_loss'],
    ['CUDA error: uncorrectable ECC error encountered', 'uncorrectable_ecc'],
    ['RuntimeError: CUDA error: an illegal memory access was encountered', 'cuda_error'],
    ['[rank0]: Traceback (most recent call last):', 'traceback'],
    ['run.sh: line 3:  4711 Killed                  python train.py', 'killed'],
    ['OSError: [Errno 28] No space left on device', 'no_space_left'],
    ['Segmentation fault (core dumped)', 'segmentation_fault'],
    [
      'torch.distributed.DistNetworkError: The client socket has timed out after 600s',
      'rendezvous_failed',
    ],
    [
      '[c10d] The client socket has failed to connect to [node1]:29500 (errno: 111 - Connection refused).',
      'rendezvous_failed',
    ],
  ])('%s', (line, label) => {
    expect(labels(line)).toEqual([label])
  })

  it.each([
    'loss=0.5 nans=0',
    'nan_to_num applied to loss',
    'Killed 3 zombie workers, going on',
    'timeout=30 s for NCCL',
    'checking for out of memory conditions',
    'loss: nanometer',
  ])('are none for: %s', (line) => {
    expect(labels(line)).toEqual([])
  })

  it('tell the first line, where it begins, and how many there were', () => {
    expect(scan('ok\n 1%\rloss=nan a\nloss=nan b\r\nloss=nan c')).toEqual([
      { label: 'nan_loss', line: 'loss=nan a', offset: 7, count: 3 },
    ])
  })

  it("take a job's own patterns too", () => {
    expect(scan('a diverged\nb', [{ label: 'diverged', pattern: 'div(erged|ing)' }])).toMatchObject(
      [{ label: 'diverged', line: 'a diverged' }],
    )
  })

  it('switch a pattern off that takes for ever, say so once, and go on without it', () => {
    const scanner = new LabelScanner([{ label: 'slow', pattern: '(a+)+$' }])
    const lines = linesOf(Buffer.from(`${'a'.repeat(40)}!\n`.repeat(5)), 0)
    const first = scanner.scan(lines)
    expect(first).toMatchObject([{ label: 'label_pattern_off', count: 1 }])
    expect(first[0]?.line).toContain('"slow"')
    expect(scanner.scan(lines)).toEqual([])
  })
})
