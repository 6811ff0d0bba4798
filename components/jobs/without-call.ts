/** A sentence of the API without the call that it ends with: a page has a button for that. */
export const withoutCall = (sentence: string): string =>
  sentence.replace(/: (?:GET|POST|PUT|DELETE) \/api\/\S*?(\.?)$/, '$1')
