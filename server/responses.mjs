/** Answers that are given before Next, in the API's envelope. */

/** @param {import('node:http').ServerResponse} response @param {number} status @param {unknown} body */
export function sendJson(response, status, body) {
  response
    .writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
    })
    .end(JSON.stringify(body))
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {number} status
 * @param {string} code
 * @param {string} error a sentence that says the next step
 */
export function sendError(response, status, code, error) {
  const request_id = response.getHeader('x-request-id')
  sendJson(response, status, { success: false, error, code, request_id })
}
