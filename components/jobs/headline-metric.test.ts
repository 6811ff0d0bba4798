import { expect, it } from 'vitest'
import { headlineMetric } from './headline-metric'

it.each([
  [{ epoch: 3, train_loss: 1, val_loss: 2 }, 'val_loss'],
  [{ epoch: 3, accuracy: 0.9, loss: 1 }, 'loss'],
  [{ eval: { loss: 4 }, loss: 1 }, 'eval.loss'],
  [{ accuracy: 0.9, perplexity: 8 }, 'perplexity'],
  [{ step: 5, reward: 10 }, 'reward'],
])('of %j it is %s', (metrics, name) => expect(headlineMetric(metrics)?.name).toBe(name))

it('is nothing where only counts and words were sent', () =>
  expect(headlineMetric({ epoch: 3, loss: 'nan' })).toBeNull())
