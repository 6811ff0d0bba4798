import { describe, expect, it } from 'vitest'
import { safeNext } from './login.mjs'

describe('where the login sends the person afterwards', () => {
  it.each([
    ['/', '/'],
    ['/jobs?status=running', '/jobs?status=running'],
    ['/a/../jobs', '/jobs'],
    ['/projects/größe', '/projects/gr%C3%B6%C3%9Fe'],
  ])('%j: the page they wanted', (next, path) => {
    expect(safeNext(next)).toBe(path)
  })

  it.each([
    null,
    '',
    'jobs',
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example/',
    '\\\\evil.example/',
    '/\t/evil.example/',
    '/\n/evil.example/',
    '/.//evil.example/',
    '/a/..//evil.example/',
    '/%2e//evil.example/',
    '//',
  ])('%j: never another site', (next) => {
    expect(safeNext(next)).toBe('/')
  })
})
