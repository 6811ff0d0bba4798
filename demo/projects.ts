import { randomUUID } from 'node:crypto'
import type { PrismaClient } from '@/lib/db/generated/client'
import { addJob, type DemoJob } from './jobs'

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

/** Training of a vision transformer: a baseline and what was tried against it. */
const VISION: DemoJob[] = [
  {
    name: 'vit-l-16 baseline',
    model: 'vit_large',
    lr: 0.0003,
    status: 'completed',
    config: VIT,
    hours: [22, 16.5],
    best: 0.41,
  },
  {
    name: 'vit-l-16 lr 1e-2',
    notes:
      'Diverged after 400 steps, as feared. 1e-3 is the most that warmup of 500 steps carries.',
    model: 'vit_large',
    lr: 0.01,
    status: 'failed',
    config: { ...VIT, optimizer: { ...VIT.optimizer, lr: 0.01 } },
    hours: [23.5, 23.1],
    best: 1.9,
    points: 9,
  },
  {
    name: 'vit-l-16 no dropout',
    model: 'vit_large',
    lr: 0.0003,
    status: 'completed',
    config: { ...VIT, model: { ...VIT.model, dropout: 0 } },
    hours: [16.2, 11],
    best: 0.38,
  },
  {
    name: 'vit-l-16 mixup',
    model: 'vit_large',
    lr: 0.0003,
    status: 'cancelled',
    config: { ...VIT, data: { ...VIT.data, augment: 'mixup', mixup_alpha: 0.8 } },
    hours: [10.8, 8.4],
    best: 0.52,
    points: 130,
  },
  {
    name: 'vit-l-16 cosine',
    notes: 'Longer warmup and a decaying rate against the plateau of the baseline.',
    model: 'vit_large',
    lr: 0.0005,
    status: 'running',
    config: {
      ...VIT,
      optimizer: { ...VIT.optimizer, lr: 0.0005 },
      schedule: { name: 'cosine', warmup_steps: 1000, min_lr: 0.00001 },
    },
    hours: [8, null],
    best: 0.33,
  },
  {
    name: 'vit-l-16 cosine seed 2',
    model: 'vit_large',
    lr: 0.0003,
    status: 'pending',
    config: { ...VIT, schedule: { name: 'cosine', warmup_steps: 1000 }, seed: 2 },
    hours: null,
    best: 0,
  },
]

/** Fine-tunes of a language model. */
const ASSISTANT: DemoJob[] = [
  {
    name: 'lora r=16',
    model: 'llama-8b',
    lr: 0.0002,
    status: 'completed',
    config: LORA,
    hours: [15, 11],
    best: 0.72,
  },
  {
    name: 'lora r=64',
    model: 'llama-8b',
    lr: 0.0002,
    status: 'running',
    config: { ...LORA, lora: { ...LORA.lora, rank: 64, alpha: 128 } },
    hours: [3, null],
    best: 0.64,
    points: 150,
  },
  {
    name: 'lora r=64 all layers',
    model: 'llama-8b',
    lr: 0.0002,
    status: 'pending',
    config: { ...LORA, lora: { rank: 64, alpha: 128, targets: 'all-linear' } },
    hours: null,
    best: 0,
  },
]

/** The demo's projects with their jobs, on the machines with these ids. */
export async function addProjects(
  database: PrismaClient,
  [spark, a100, desk]: string[],
  now: number,
) {
  const projects = [
    {
      name: 'vit-large',
      project_type: 'computer_vision',
      connection_id: a100,
      remote_path: '~/projects/vit',
      description: 'Pre-training of a large vision transformer on the lab images.',
      jobs: VISION,
    },
    {
      name: 'support-assistant',
      project_type: 'nlp',
      connection_id: desk,
      remote_path: '~/projects/assistant',
      description: 'LoRA fine-tunes of an 8B model for the support desk.',
      jobs: ASSISTANT,
    },
    {
      name: 'local-llm',
      project_type: 'generative',
      connection_id: spark,
      remote_path: '/srv/llm',
      description: 'Serving models for the office from the Spark.',
      jobs: [],
    },
  ]
  for (const { jobs, ...project } of projects) {
    const { id } = await database.project.create({
      data: {
        ...project,
        id: randomUUID(),
        connection_id: project.connection_id ?? null,
        config: {},
        created_at: new Date(now - 30 * HOUR_MS),
        updated_at: new Date(now - 25 * HOUR_MS),
      },
    })
    for (const [i, job] of jobs.entries())
      await addJob(database, { projectId: id, job, seed: i, now })
  }
}
