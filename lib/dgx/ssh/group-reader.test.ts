import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GroupReader } from './group-reader'

/** Feeds text in pieces and gives back what is the command's own. */
function feed(reader: GroupReader, text: string, cuts: readonly number[]): string {
  const bytes = Buffer.from(text)
  const places = [
    ...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length]),
  ].sort((a, b) => a - b)
  const parts = places.slice(1).map((end, i) => reader.read(bytes.subarray(places[i], end)))
  return Buffer.concat([...parts, reader.finish()]).toString()
}

describe('GroupReader', () => {
  it('finds the group and gives everything else on, however the stream is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ maxLength: 40 }),
        fc.string({ maxLength: 40 }),
        fc.array(fc.nat(200)),
        async (before, after, cuts) => {
          const noise = before.replaceAll('@', '')
          const reader = new GroupReader('abc123')
          expect(feed(reader, `${noise}@abc123 4711\n${after}`, cuts)).toBe(noise + after)
          expect(await reader.found).toBe(4711)
        },
      ),
    )
  })

  it('gives all of a stream that never says the group', async () => {
    const reader = new GroupReader('abc123')
    expect(feed(reader, 'sh: syntax error @abc', [3, 9])).toBe('sh: syntax error @abc')
    expect(await reader.found).toBeNull()
  })
})
