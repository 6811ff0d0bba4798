import { notFound } from 'next/navigation'
import { cache } from 'react'
import { getConnection, getJob, getProjectRecord } from '@/lib/dgx'
import { isDgxError } from '@/lib/dgx/errors'

/**
 * What the `[id]` of a page's path names, read once a request. Nothing of that id or name: the page
 * for what is not there. Each `[id]` folder asks in its layout, because a page is behind the
 * skeleton of `loading.tsx`, and once that is sent the status can no longer become 404.
 */
const named = <T>(find: (options: { id: string }) => Promise<T>) =>
  cache(async (id: string): Promise<T> => {
    try {
      return await find({ id: decodeURIComponent(id) })
    } catch (error) {
      if (isDgxError(error) && /_not_found$/.test(error.code)) notFound()
      throw error
    }
  })

export const connectionNamed = named(getConnection)
export const projectNamed = named(getProjectRecord)
export const jobNamed = named(getJob)
