import { defineConfig } from 'vitest/config'
import { alias } from './vitest.config.ts'

/** Tests that speak HTTP to the built app. */
export default defineConfig({
  resolve: { alias },
  test: {
    include: ['e2e/http/**/*.test.ts'],
    // Each file has an app and machines of its own, and mostly waits for them.
    maxWorkers: 3,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
