/** Answers that are given before Next, in the API's envelope. */
import { STATUS_CODES } from 'node:http'

/**
 * @typedef {object} Refusal
 * @property {number} status
 * @property {string} code one of the contract's
 * @property {string} message a sentence that says the next step
 * @property {number} [retryAfterS] when it is worth another try
 */

/** @param {import('node:http').ServerResponse} response @param {number} status @param {unknown} body */
export function sendJson(response, status, body) {
  response
    .writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
    })
    .end(JSON.stringify(body))
}

/** @param {import('node:http').ServerResponse} response @param {Refusal} refusal */
export function refuse(response, { status, code, message, retryAfterS }) {
  if (retryAfterS !== undefined) response.setHeader('retry-after', retryAfterS)
  const request_id = response.getHeader('x-request-id')
  sendJson(response, status, { success: false, error: message, code, request_id })
}

/**
 * The same answer where there is no response object: to an upgrade, or to what is not HTTP.
 * @param {import('node:stream').Duplex} socket
 * @param {Refusal} refusal
 * @param {unknown} requestId
 */
export function refuseSocket(socket, { status, code, message, retryAfterS }, requestId) {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const body = JSON.stringify({ success: false, error: message, code, request_id: requestId })
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'content-type: application/json; charset=utf-8',
      `content-length: ${Buffer.byteLength(body)}`,
      `x-request-id: ${requestId}`,
      ...(retryAfterS === undefined ? [] : [`retry-after: ${retryAfterS}`]),
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  )
}
