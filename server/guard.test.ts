import os from 'node:os'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkRequest } from './guard.mjs'

const OURS = { port: 3939, host: '127.0.0.1', allowedHosts: [] }

type Case = {
  who: string
  headers: Record<string, string>
  method?: string
  isUpgrade?: boolean
  hasKey?: boolean
  refused: 'forbidden_host' | 'forbidden_origin' | null
}

const host = '127.0.0.1:3939'
const origin = `http://${host}`

/** Callers as browsers and programs really look (measured in Chromium). */
const CASES: Case[] = [
  { who: 'curl', headers: { host }, refused: null },
  { who: 'curl posting', headers: { host }, method: 'POST', refused: null },
  { who: 'curl to localhost', headers: { host: 'localhost:3939' }, refused: null },
  { who: 'curl to IPv6 loopback', headers: { host: '[::1]:3939' }, refused: null },
  {
    who: 'our page',
    headers: { host, origin, 'sec-fetch-site': 'same-origin' },
    method: 'POST',
    refused: null,
  },
  {
    who: 'our page under localhost',
    headers: {
      host: 'localhost:3939',
      origin: 'http://localhost:3939',
      'sec-fetch-site': 'same-origin',
    },
    method: 'POST',
    refused: null,
  },
  {
    who: 'an address typed into the browser',
    headers: { host, 'sec-fetch-site': 'none' },
    refused: null,
  },
  {
    who: 'a page on another port of this machine',
    headers: { host, origin: 'http://127.0.0.1:3940', 'sec-fetch-site': 'same-site' },
    method: 'POST',
    refused: 'forbidden_origin',
  },
  {
    who: 'a page under localhost on another port',
    headers: { host, origin: 'http://localhost:3940', 'sec-fetch-site': 'cross-site' },
    method: 'POST',
    refused: 'forbidden_origin',
  },
  {
    who: 'a page of another site',
    headers: { host, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    method: 'POST',
    refused: 'forbidden_origin',
  },
  {
    who: 'an image of another site',
    headers: { host, 'sec-fetch-site': 'cross-site' },
    refused: 'forbidden_origin',
  },
  {
    who: 'an image of another port',
    headers: { host, 'sec-fetch-site': 'same-site' },
    refused: 'forbidden_origin',
  },
  {
    who: 'a sandboxed frame',
    headers: { host, origin: 'null', 'sec-fetch-site': 'cross-site' },
    method: 'POST',
    refused: 'forbidden_origin',
  },
  {
    who: 'a page with origin null in an old browser',
    headers: { host, origin: 'null' },
    method: 'POST',
    refused: 'forbidden_origin',
  },
  {
    who: 'a page that rebound its name to us',
    headers: { host: 'rebind.example:3939', origin: 'http://rebind.example:3939' },
    method: 'POST',
    refused: 'forbidden_host',
  },
  {
    who: 'a rebound page reading',
    headers: { host: 'rebind.example:3939' },
    refused: 'forbidden_host',
  },
  { who: 'a WebSocket of our page', headers: { host, origin }, isUpgrade: true, refused: null },
  {
    who: 'a WebSocket of another page',
    headers: { host, origin: 'http://127.0.0.1:3940' },
    isUpgrade: true,
    refused: 'forbidden_origin',
  },
  {
    who: 'a WebSocket of a program without a key',
    headers: { host },
    isUpgrade: true,
    refused: 'forbidden_origin',
  },
  {
    who: 'a WebSocket of a program with the key',
    headers: { host },
    isUpgrade: true,
    hasKey: true,
    refused: null,
  },
  {
    who: 'a form sent from the address bar',
    headers: { host, 'sec-fetch-site': 'none' },
    method: 'POST',
    refused: 'forbidden_origin',
  },
  {
    who: 'our name on another port',
    headers: { host: '127.0.0.1:4000' },
    refused: 'forbidden_host',
  },
  { who: 'our name without a port', headers: { host: '127.0.0.1' }, refused: 'forbidden_host' },
  {
    who: 'a name with a dot at its end',
    headers: { host: 'localhost.:3939' },
    refused: 'forbidden_host',
  },
  {
    who: 'a user before the host',
    headers: { host: 'localhost:3939@evil.example' },
    refused: 'forbidden_host',
  },
  { who: 'upper case', headers: { host: 'LOCALHOST:3939' }, refused: null },
  { who: 'no Host at all', headers: {}, refused: 'forbidden_host' },
  {
    who: 'an origin over https',
    headers: { host, origin: `https://${host}` },
    method: 'POST',
    refused: 'forbidden_origin',
  },
]

describe('the request guard', () => {
  it.each(CASES)(
    '$who: $refused',
    ({ headers, method = 'GET', isUpgrade = false, hasKey = false, refused }) => {
      expect(checkRequest({ method, headers, isUpgrade, hasKey }, OURS)?.code ?? null).toBe(refused)
    },
  )

  it('refuses two Host headers, of which Node shows only the first', () => {
    const rawHeaders = ['Host', host, 'Accept', '*/*', 'HOST', 'evil.example']
    expect(
      checkRequest(
        { method: 'GET', headers: { host }, rawHeaders, isUpgrade: false, hasKey: false },
        OURS,
      )?.code,
    ).toBe('forbidden_host')
  })

  it('bound to all addresses, takes addresses, its own name and the names it was given', () => {
    const rules = { port: 3939, host: '0.0.0.0', allowedHosts: ['dgx.lab'] }
    const check = (name: string) =>
      checkRequest(
        { method: 'GET', headers: { host: `${name}:3939` }, isUpgrade: false, hasKey: false },
        rules,
      )?.code ?? null
    expect(['192.168.1.7', '[fe80::1]', os.hostname(), 'dgx.lab', 'localhost'].map(check)).toEqual(
      Array(5).fill(null),
    )
    expect(check('rebind.example')).toBe('forbidden_host')
  })

  it('never throws, and lets no stranger through, whatever the headers hold', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('', 'null', host, origin, '[', ':', '%'),
    )
    fc.assert(
      fc.property(anything, anything, anything, fc.boolean(), (h, o, s, isUpgrade) => {
        const refusal = checkRequest(
          {
            method: 'POST',
            headers: { host: h, origin: o, 'sec-fetch-site': s },
            isUpgrade,
            hasKey: false,
          },
          OURS,
        )
        if (refusal === null) expect([o, s]).toEqual([`http://${h}`, 'same-origin'])
        else expect(refusal.message).toMatch(/^[\x20-\x7e]*$/)
      }),
      { numRuns: 2_000 },
    )
  })
})
