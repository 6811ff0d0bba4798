import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ERROR_CODES } from '../dgx/errors'
import { MEANING } from './meaning'
import { STATUS } from './status'

const docs = readFileSync(`${import.meta.dirname}/../../docs/api.md`, 'utf8')

describe('error codes', () => {
  it.each(ERROR_CODES)('%s is in docs/api.md with its status and meaning', (code) => {
    const [, status, meaning] =
      new RegExp(`^\\| \`${code}\` *\\| (\\d+) *\\| (.*?) *\\|$`, 'm').exec(docs) ?? []
    expect([status, meaning]).toEqual([String(STATUS[code]), MEANING[code]])
  })
})
