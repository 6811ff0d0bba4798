import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ERROR_CODES } from '../dgx/errors'
import { STATUS } from './status'

const docs = readFileSync(`${import.meta.dirname}/../../docs/api.md`, 'utf8')

describe('error codes', () => {
  it.each(ERROR_CODES)('%s is in docs/api.md with its status', (code) => {
    expect(docs).toMatch(new RegExp(`^\\| \`${code}\` *\\| ${STATUS[code]} *\\|`, 'm'))
  })
})
