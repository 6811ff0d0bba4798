#!/usr/bin/env node
import { main } from './main.mjs'

// A reader that has had enough, such as `head`, is no failure.
process.stdout.on('error', (error) => process.exit(Reflect.get(error, 'code') === 'EPIPE' ? 0 : 1))
// Not process.exit: what is written to a pipe must get there first.
process.exitCode = await main(process.argv.slice(2))
