import { defineConfig, mergeConfig } from 'vitest/config'
import base from './vitest.config'

/** Tests that speak HTTP to the built app. */
export default mergeConfig(
  base,
  defineConfig({
    test: {
      include: ['e2e/http/**/*.test.ts'],
      exclude: [],
      fileParallelism: false,
      testTimeout: 60_000,
      hookTimeout: 60_000,
    },
  }),
)
