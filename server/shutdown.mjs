const HARD_LIMIT_MS = 5_000

/**
 * Ends the process cleanly on SIGTERM and SIGINT: streams, samplers and ssh first, because Next
 * would wait for open requests. A second signal ends it at once.
 * @param {object} parts
 * @param {import('node:http').Server} parts.server
 * @param {ReadonlySet<import('node:http').ServerResponse>} parts.openResponses
 * @param {ReadonlySet<import('node:stream').Duplex>} parts.openSockets WebSockets
 * @param {() => Promise<void>} parts.stopRuntime
 * @param {() => Promise<void>} parts.closeApp
 * @param {import('pino').Logger} parts.log
 */
export function shutDownOnSignal({
  server,
  openResponses,
  openSockets,
  stopRuntime,
  closeApp,
  log,
}) {
  let isStopping = false
  const stop = async (/** @type {NodeJS.Signals} */ signal) => {
    if (isStopping) process.exit(1)
    isStopping = true
    log.info({ signal }, 'stopping')
    setTimeout(() => {
      log.error('not stopped within 5 s; leaving anyway')
      process.exit(1)
    }, HARD_LIMIT_MS).unref()
    try {
      const closed = new Promise((resolve) => server.close(resolve))
      // First the callers: what their commands started on the machines is ended over ssh.
      for (const response of openResponses) response.destroy()
      await stopRuntime()
      // After the runtime, which says goodbye on its own; `closed` would wait for them.
      for (const socket of openSockets) socket.destroy()
      server.closeAllConnections()
      await closed
      await closeApp()
      log.info('stopped')
      process.exit(0)
    } catch (error) {
      log.error({ err: error }, 'stopping failed')
      process.exit(1)
    }
  }
  process.on('SIGTERM', (signal) => void stop(signal))
  process.on('SIGINT', (signal) => void stop(signal))
}
