import { describe, expect, it } from 'vitest'
import * as dgx from './index'

describe('the module', () => {
  it.each([
    'connectToDGX',
    'disconnectFromDGX',
    'getConnectionStatus',
    'executeCommand',
    'getGPUMetrics',
    'getMetricsHistory',
    'disconnectAll',
  ])('carries %s, as the seed named it', (name) => {
    expect(dgx).toHaveProperty(name, expect.any(Function))
  })
})
