/** A text that a browser saves as a file. */
export function textFile(file: { name: string; type: string; text: string }): Response {
  return new Response(file.text, {
    headers: {
      'content-type': `${file.type}; charset=utf-8`,
      'content-disposition': `attachment; filename="${file.name}"`,
      'cache-control': 'no-store',
    },
  })
}

export const csvFile = (name: string, text: string) => textFile({ name, type: 'text/csv', text })
