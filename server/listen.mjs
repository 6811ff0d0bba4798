/**
 * Binds the server to the configured address.
 * @param {import('node:net').Server} server
 * @param {{host: string, port: number}} address
 * @returns {Promise<void>}
 * @throws {Error} whose message says what to do, e.g. when the port is taken
 */
export function listen(server, { host, port }) {
  return new Promise((resolve, reject) => {
    server.once('error', (/** @type {NodeJS.ErrnoException} */ error) =>
      reject(
        new Error(
          error.code === 'EADDRINUSE'
            ? `Port ${port} is taken. Is the app running already? Stop that program, or start with PORT=${port === 65_535 ? port - 1 : port + 1}.`
            : `Cannot listen on ${host} port ${port}: ${error.message}.`,
        ),
      ),
    )
    server.listen(port, host, resolve)
  })
}
