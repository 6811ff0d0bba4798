import type { OperationObject, Parameter } from '@/lib/api/openapi-document'

/** The call of an operation with its examples, ready to run. */
export function curlOf(options: {
  origin: string
  method: string
  path: string
  operation: OperationObject
}): string {
  const { origin, method, path, operation } = options
  const parameters = (operation.parameters ?? []).filter((p): p is Parameter => 'name' in p)
  const filled = parameters
    .filter((parameter) => parameter.in === 'path')
    .reduce(
      (text, { name, example }) => text.replace(`{${name}}`, encodeURIComponent(String(example))),
      path,
    )
  const needed = parameters.filter((parameter) => parameter.in === 'query' && parameter.required)
  const query = needed.map(({ name, example }) => `${name}=${encodeURIComponent(String(example))}`)
  const address = `${origin}${filled}${query.length > 0 ? `?${query.join('&')}` : ''}`
  const body = operation.requestBody?.content['application/json']?.example
  const words = [
    'curl',
    ...(method === 'get' ? [] : ['-X', method.toUpperCase()]),
    quoted(address),
    // Below /api/dgx a body is read as JSON whatever curl says of it.
    ...(body === undefined || path.startsWith('/api/dgx/')
      ? []
      : ['-H', quoted('Content-Type: application/json')]),
    ...(body === undefined ? [] : ['-d', quoted(JSON.stringify(body))]),
  ]
  return words.join(' ')
}

/** For a POSIX shell, on the reader's own machine. */
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`
