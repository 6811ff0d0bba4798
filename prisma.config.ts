import { defineConfig } from 'prisma/config'

// Prisma's CLI insists on a schema engine binary even for `generate`, and downloads one. We apply
// migrations with the WebAssembly engine (lib/db/schema-engine.mjs), so any executable will do.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath

export default defineConfig({ schema: 'prisma/schema.prisma' })
