import path from 'node:path'
import { defineConfig } from 'vitest/config'

const root = import.meta.dirname

export const alias = {
  '@': root,
  // Next swaps this marker out by itself; outside of Next it only throws.
  'server-only': path.join(root, 'node_modules/server-only/empty.js'),
}

export default defineConfig({
  resolve: { alias },
  test: {
    include: ['**/*.test.ts'],
    exclude: ['node_modules/**', '.next/**', '.cache/**', 'e2e/browser/**', 'e2e/http/**'],
    // No measure of speed: a busy machine may stand still for seconds.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
    // The long ones wait for machines, and hardly compute.
    maxWorkers: 4,
  },
})
