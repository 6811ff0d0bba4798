const CALL_AT_END = /: (?:GET|POST|PUT|DELETE) \/api\/\S*?(\.?)$/
const ID_BESIDE_NAME = / \([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\)/g

/** A sentence of the API without what is there for programs: a page has buttons and links for that. */
export const withoutCall = (sentence: string): string =>
  sentence.replace(CALL_AT_END, '$1').replace(ID_BESIDE_NAME, '')
