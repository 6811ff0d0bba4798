import { describe, expect, it } from 'vitest'
import { betterOf, headlineOf } from './metric-sense'

describe('the metric that says most', () => {
  it.each([
    [['epoch', 'train_loss', 'val_loss'], 'val_loss'],
    [['epoch', 'accuracy', 'loss'], 'loss'],
    [['accuracy', 'perplexity'], 'perplexity'],
    [['step', 'reward'], 'reward'],
    [['epoch', 'step'], null],
  ])('of %j is %s', (names, headline) => expect(headlineOf(names)).toBe(headline))
})

describe('which direction is better', () => {
  it.each(['loss', 'val_loss', 'eval/loss', 'train.loss', 'ppl', 'test-wer', 'valLoss', 'loss_0'])(
    'less of %s',
    (name) => expect(betterOf(name)).toBe('lower'),
  )
  it.each([
    'accuracy',
    'val/acc',
    'top1',
    'top-5',
    'f1',
    'mAP',
    'reward',
    'tokens_per_s',
    'pass@1',
  ])('more of %s', (name) => expect(betterOf(name)).toBe('higher'))
  it.each(['learning_rate', 'grad_norm', 'epoch', 'step', 'gpu_memory', 'glossary'])(
    'is not told by %s',
    (name) => expect(betterOf(name)).toBeNull(),
  )
})
