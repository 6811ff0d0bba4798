import { spawn } from 'node:child_process'
import net from 'node:net'
import { Duplex } from 'node:stream'
import { DgxError } from '../errors'

/**
 * Opens a TCP connection with Nagle's algorithm off (it costs 40 ms on every command).
 * @throws DgxError ssh_refused, ssh_unreachable, ssh_timeout
 */
export function dial(
  host: string,
  port: number,
  options: { timeoutMs: number; signal?: AbortSignal | undefined },
): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host, port, noDelay: true })
    const timer = setTimeout(() => {
      fail(
        new DgxError(
          'ssh_timeout',
          `${host} port ${port} did not answer within ${options.timeoutMs / 1000} s. Check that the machine is on, the address, and any firewall or VPN between.`,
        ),
      )
    }, options.timeoutMs)
    const onAbort = () => fail(abortReason(options.signal))
    const settle = () => {
      clearTimeout(timer)
      options.signal?.removeEventListener('abort', onAbort)
      socket.removeListener('error', onError)
    }
    const fail = (error: Error) => {
      settle()
      socket.on('error', () => {})
      socket.destroy()
      reject(error)
    }
    const onError = (error: NodeJS.ErrnoException) => fail(dialFailure(host, port, error))
    socket.once('error', onError)
    socket.once('connect', () => {
      settle()
      resolve(socket)
    })
    if (options.signal?.aborted) onAbort()
    else options.signal?.addEventListener('abort', onAbort, { once: true })
  })
}

function abortReason(signal: AbortSignal | undefined): Error {
  return signal?.reason instanceof Error ? signal.reason : new Error('aborted')
}

export function dialFailure(host: string, port: number, error: NodeJS.ErrnoException): DgxError {
  // Several addresses tried at once fail together; the first one's reason is the one to tell.
  const [inner] = (error as { errors?: NodeJS.ErrnoException[] }).errors ?? []
  const code = error.code ?? inner?.code
  const options = { cause: error }
  switch (code) {
    case 'ECONNREFUSED':
      return new DgxError(
        'ssh_refused',
        `${host} refused the connection on port ${port}. Check the port and that sshd runs there.`,
        options,
      )
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new DgxError(
        'ssh_unreachable',
        `The name ${host} does not resolve. Check its spelling, your DNS and any VPN.`,
        options,
      )
    case 'ETIMEDOUT':
      return new DgxError(
        'ssh_timeout',
        `${host} port ${port} did not answer. Check that the machine is on, the address, and any firewall or VPN between.`,
        options,
      )
    default:
      return new DgxError(
        'ssh_unreachable',
        `${host} port ${port} cannot be reached (${code ?? error.message}). Check the network and any VPN.`,
        options,
      )
  }
}

/** A wire to the server through the user's `ProxyCommand`, which they wrote in their own config. */
export function dialThroughCommand(command: string): Duplex {
  const child = spawn('/bin/sh', ['-c', `exec ${command}`], { stdio: ['pipe', 'pipe', 'ignore'] })
  const wire = Duplex.from({ readable: child.stdout, writable: child.stdin })
  child.once('error', (error) => wire.destroy(error))
  wire.once('close', () => child.kill())
  return wire
}
