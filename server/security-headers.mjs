/** What every answer tells a browser that it may do with it. */
const isDev = process.env.NODE_ENV === 'development'

export const SECURITY_HEADERS = {
  // Next puts its data into inline scripts, and development needs eval for hot reload.
  'content-security-policy': [
    "default-src 'self'",
    `script-src 'self' 'unsafe-inline'${isDev ? " 'unsafe-eval'" : ''}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    `connect-src 'self'${isDev ? ' ws:' : ''}`,
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  // Not no-referrer: with it browsers send our own forms with "Origin: null".
  'referrer-policy': 'same-origin',
}
