import { randomUUID } from 'node:crypto'
import type { SimulatedMachine } from '@/e2e/testbed/simulated-machine'
import type { PrismaClient } from '@/lib/db/generated/client'
import { addManagedJob, type ManagedJob } from './managed-jobs'
import { addTrackedJob, type TrackedJob } from './tracked-jobs'

const HOUR_MS = 3_600_000

const VIT = {
  model: { name: 'vit_large', patch: 16, dropout: 0.1 },
  optimizer: { name: 'adamw', lr: 0.0003, betas: [0.9, 0.95], weight_decay: 0.05 },
  schedule: { name: 'constant', warmup_steps: 500 },
  data: { dataset: 'lab-images-v3', batch: 1024, augment: 'randaugment' },
  precision: 'bf16',
  gpus: 4,
  seed: 1,
}

const LORA = {
  base: 'llama-8b',
  lora: { rank: 16, alpha: 32, targets: ['q_proj', 'v_proj'] },
  lr: 0.0002,
  epochs: 3,
  batch: 16,
  gpus: 1,
}

const vit = (flags: string) => `torchrun --nproc-per-node 4 train.py --model vit_large ${flags}`
const NVLINK_HALF = { gpus: 4, gpu_indices: [0, 1, 2, 3], model: 'vit_large' }

/** Training of a vision transformer: a baseline and what was tried against it. */
const VISION: ManagedJob[] = [
  {
    ...NVLINK_HALF,
    name: 'vit-l-16 lr 1e-2',
    command: vit('--epochs 62 --lr 1e-2'),
    notes:
      'Diverged after 400 steps, as feared. 1e-3 is the most that warmup of 500 steps carries.',
    config: { ...VIT, optimizer: { ...VIT.optimizer, lr: 0.01 } },
    tags: ['sweep'],
    started: 22.2,
  },
  {
    ...NVLINK_HALF,
    name: 'vit-l-16 baseline',
    command: vit('--epochs 62 --lr 3e-4'),
    config: VIT,
    tags: ['baseline'],
    started: 21,
  },
  {
    ...NVLINK_HALF,
    name: 'vit-l-16 no dropout',
    command: vit('--epochs 62 --lr 3e-4 --dropout 0'),
    config: { ...VIT, model: { ...VIT.model, dropout: 0 } },
    tags: ['sweep'],
    started: 15.6,
  },
  {
    ...NVLINK_HALF,
    name: 'vit-l-16 batch 4096',
    command: vit('--epochs 62 --lr 3e-4 --batch-size 4096'),
    config: { ...VIT, data: { ...VIT.data, batch: 4096 } },
    tags: ['sweep'],
    started: 10.3,
  },
  {
    ...NVLINK_HALF,
    name: 'vit-l-16 mixup',
    command: vit('--epochs 62 --lr 3e-4 --mixup 0.8'),
    config: { ...VIT, data: { ...VIT.data, augment: 'mixup', mixup_alpha: 0.8 } },
    started: 10.1,
    cancelled: 7.6,
  },
  {
    ...NVLINK_HALF,
    name: 'vit-l-16 cosine',
    command: vit('--epochs 96 --lr 5e-4 --schedule cosine --warmup 1000'),
    notes: 'Longer warmup and a decaying rate against the plateau of the baseline.',
    config: {
      ...VIT,
      optimizer: { ...VIT.optimizer, lr: 0.0005 },
      schedule: { name: 'cosine', warmup_steps: 1000, min_lr: 0.00001 },
    },
    started: 5.2,
  },
  {
    ...NVLINK_HALF,
    name: 'vit-l-16 cosine seed 2',
    command: vit('--epochs 96 --lr 5e-4 --schedule cosine --warmup 1000 --seed 2'),
    config: { ...VIT, schedule: { name: 'cosine', warmup_steps: 1000 }, seed: 2 },
  },
  {
    name: 'vit-l-16 robustness suite',
    command: 'python evaluate.py --suite imagenet-c --model vit_large --epochs 2',
    model: 'vit_large',
    config: { suite: 'imagenet-c' },
    gpus: 2,
    gpu_indices: [5, 6],
  },
  {
    name: 'vit-l-16 export to ONNX',
    command: 'python export.py --model vit_large --epochs 1',
    model: 'vit_large',
    config: { opset: 20 },
    gpus: 1,
    gpu_indices: [6],
  },
  {
    ...NVLINK_HALF,
    name: 'vit-l-16 distilled',
    command: vit('--epochs 48 --lr 3e-4 --teacher checkpoints/cosine.pt'),
    config: { ...VIT, teacher: 'vit-l-16 cosine' },
    isHeld: true,
  },
]

/** Fine-tunes of a language model. */
const ASSISTANT: ManagedJob[] = [
  {
    name: 'lora r=16',
    command: 'python finetune.py --base llama-8b --rank 16 --epochs 48 --lr 2e-4',
    model: 'llama-8b',
    config: LORA,
    gpus: 1,
    started: 14,
  },
  {
    name: 'lora r=8, at most an hour',
    command: 'python finetune.py --base llama-8b --rank 8 --epochs 48 --lr 2e-4',
    model: 'llama-8b',
    config: { ...LORA, lora: { ...LORA.lora, rank: 8, alpha: 16 } },
    gpus: 1,
    timeout_s: 3600,
    started: 9.5,
  },
  {
    name: 'lora r=64',
    command: 'python finetune.py --base llama-8b --rank 64 --epochs 40 --lr 2e-4',
    model: 'llama-8b',
    config: { ...LORA, lora: { ...LORA.lora, rank: 64, alpha: 128 } },
    gpus: 1,
    started: 1.4,
  },
  {
    name: 'lora r=64 all layers',
    command: 'python finetune.py --base llama-8b --rank 64 --targets all-linear --epochs 40',
    model: 'llama-8b',
    config: { ...LORA, lora: { rank: 64, alpha: 128, targets: 'all-linear' } },
    gpus: 1,
    priority: 5,
  },
  {
    name: 'merge r=64 and evaluate',
    command: 'python merge.py --adapter r64 --evaluate mt-bench --epochs 1',
    model: 'llama-8b',
    config: { benchmark: 'mt-bench' },
    gpus: 1,
    after: 'lora r=64',
  },
]

/** Policies of a walking robot, one GPU each. */
const ROBOT: ManagedJob[] = [
  {
    name: 'sac seed 1',
    command: 'python sac.py --env ant --epochs 30 --seed 1',
    model: 'sac',
    config: { env: 'ant', seed: 1 },
    gpus: 1,
    gpu_indices: [4],
    started: 7,
  },
  {
    name: 'ppo seed 3',
    command: 'python ppo.py --env ant --epochs 12 --seed 3',
    model: 'ppo',
    notes: 'Loses a worker now and then; another attempt does.',
    config: { env: 'ant', seed: 3 },
    gpus: 1,
    gpu_indices: [4],
    max_retries: 2,
    started: 0.2,
  },
]

/** Told of by the script of a container that is none of the app's. */
const SERVING: TrackedJob[] = [
  {
    name: 'qwen3-32b calibration',
    model: 'qwen3-32b',
    lr: 0.0001,
    status: 'completed',
    config: { method: 'awq', bits: 4, group: 128 },
    hours: [19, 17.5],
    best: 0.21,
    notes: 'Tracked by hand: the container told of it with curl.',
  },
]

export type DemoMachine = { connectionId: string; machine: SimulatedMachine }

/** The demo's projects with their jobs, on its first three machines. */
export async function addProjects(
  database: PrismaClient,
  [spark, a100, desk]: DemoMachine[],
  now: number,
) {
  const projects = [
    {
      name: 'local-llm',
      project_type: 'generative',
      place: spark,
      remote_path: '/srv/llm',
      description: 'Serving models for the office from the Spark.',
      jobs: [],
      tracked: SERVING,
    },
    {
      name: 'walking-robot',
      project_type: 'reinforcement_learning',
      place: a100,
      remote_path: '~/projects/robot',
      description: 'Policies that walk in simulation, some day on the floor.',
      jobs: ROBOT,
      tracked: [],
    },
    {
      name: 'support-assistant',
      project_type: 'nlp',
      place: desk,
      remote_path: '~/projects/assistant',
      description: 'LoRA fine-tunes of an 8B model for the support desk.',
      jobs: ASSISTANT,
      tracked: [],
    },
    {
      name: 'vit-large',
      project_type: 'computer_vision',
      place: a100,
      remote_path: '~/projects/vit',
      description: 'Pre-training of a large vision transformer on the lab images.',
      jobs: VISION,
      tracked: [],
    },
  ]
  const ids = new Map<string, string>()
  for (const { jobs, tracked, place, ...project } of projects) {
    if (!place) continue
    const { id: projectId } = await database.project.create({
      data: {
        ...project,
        id: randomUUID(),
        connection_id: place.connectionId,
        config: {},
        created_at: new Date(now - 30 * HOUR_MS),
        updated_at: new Date(now - 25 * HOUR_MS),
      },
    })
    for (const [seed, job] of tracked.entries())
      await addTrackedJob(database, { projectId, job, seed, now })
    const here = { ...place, workingDir: project.remote_path }
    for (const job of jobs) await addManagedJob(database, { projectId, job, place: here, now, ids })
  }
}
