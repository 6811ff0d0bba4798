import type { Route } from 'next'
import { describeApi } from '@/app/api/dgx/describe'

/** The operations of a section, in the order of the document. */
export function operationsOf(section: string) {
  return Object.entries(describeApi().paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { tags }]) => tags.includes(section))
      .map(([method, operation]) => ({ method, path, operation })),
  )
}

export function sectionHref(section: string, operationId?: string): Route {
  return `/docs/${section.toLowerCase()}${operationId ? `#${operationId}` : ''}` as Route
}
