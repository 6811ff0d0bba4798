import { defineConfig } from 'vitest/config'
import { alias } from './vitest.config.ts'

/** Tests that speak HTTP to the built app. */
export default defineConfig({
  resolve: { alias },
  test: {
    include: ['e2e/http/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
