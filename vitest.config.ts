import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['netsim-source'] },
  ssr: { resolve: { conditions: ['netsim-source'] } },
  test: { include: ['test/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
})
