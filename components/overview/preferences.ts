import { SHOWN, type Shown, SORTS, type Sort } from './fleet-order'

/** How somebody likes the overview; a cookie, so that the server draws it so at once. */
export type Preferences = { view: 'grid' | 'table'; sort: Sort; shown: Shown; search: string }

export const PREFERENCES_COOKIE = 'overview'

/** What a cookie says; what it does not say, or says wrongly, is the default. */
export function readPreferences(cookie: string | undefined): Preferences {
  const said = new URLSearchParams(cookie ?? '')
  return {
    view: said.get('view') === 'table' ? 'table' : 'grid',
    sort: SORTS.find(({ value }) => value === said.get('sort'))?.value ?? 'list',
    shown: SHOWN.find(({ value }) => value === said.get('shown'))?.value ?? 'all',
    search: said.get('search') ?? '',
  }
}

export function savePreferences(preferences: Preferences): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Firefox before 140.
  document.cookie = `${PREFERENCES_COOKIE}=${encodeURIComponent(new URLSearchParams(preferences).toString())}; path=/; max-age=31536000; samesite=lax`
}
