// Laws of shell patterns: the matcher agrees with one that follows the definition of bash(1), Pattern Matching, word by word. Read first: src/lib/pattern.ts.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { matches, prefixLength, suffixStart } from '../../src/lib/pattern.ts'

const free = { charge: (): void => {} }

interface Pattern {
  readonly source: string
  /** Does it match exactly this text? */
  readonly is: (t: string) => boolean
}

const splits = (t: string): (readonly [string, string])[] =>
  Array.from({ length: t.length + 1 }, (_, i) => [t.slice(0, i), t.slice(i)] as const)

function repeated(p: Pattern, t: string): boolean {
  return t === '' || splits(t).some(([a, b]) => a !== '' && p.is(a) && repeated(p, b))
}

const leaf = fc.constantFrom<Pattern>(
  { source: 'a', is: (t) => t === 'a' },
  { source: '[!a]', is: (t) => t.length === 1 && t !== 'a' },
  { source: '?', is: (t) => t.length === 1 },
  { source: '\\*', is: (t) => t === '*' },
)
const { pattern } = fc.letrec<{ pattern: Pattern }>((tie) => ({
  pattern: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.tuple(tie('pattern'), tie('pattern')).map(
      ([p, q]): Pattern => ({
        source: p.source + q.source,
        is: (t) => splits(t).some(([a, b]) => p.is(a) && q.is(b)),
      }),
    ),
    fc
      .tuple(tie('pattern'), tie('pattern'))
      .map(([p, q]): Pattern => ({ source: `@(${p.source}|${q.source})`, is: (t) => p.is(t) || q.is(t) })),
    tie('pattern').map((p): Pattern => ({ source: `?(${p.source})`, is: (t) => t === '' || p.is(t) })),
    tie('pattern').map((p): Pattern => ({ source: `*(${p.source})`, is: (t) => repeated(p, t) })),
    tie('pattern').map(
      (p): Pattern => ({ source: `+(${p.source})`, is: (t) => p.is(t) || (t !== '' && repeated(p, t)) }),
    ),
    tie('pattern').map((p): Pattern => ({ source: `!(${p.source})`, is: (t) => !p.is(t) })),
  ),
}))
const text = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 6 })

test('a pattern matches what its definition says', () => {
  fc.assert(
    fc.property(pattern, text, (p, t) => {
      expect(matches(p.source, t, free)).toBe(p.is(t))
    }),
    { numRuns: 500 },
  )
})

test('a star in front is any beginning, one behind any end', () => {
  fc.assert(
    fc.property(text, text, text, (before, t, after) => {
      const escaped = t.replaceAll('*', '\\*')
      expect(matches(`*${escaped}*`, before + t + after, free)).toBe(true)
      expect(matches(`*${escaped}`, before + after, free)).toBe((before + after).endsWith(t))
    }),
  )
})

test('prefixes and suffixes that are removed are the shortest and the longest that match', () => {
  fc.assert(
    fc.property(pattern, text, (p, t) => {
      const prefixes = splits(t).flatMap(([a]) => (p.is(a) ? [a.length] : []))
      const suffixes = splits(t).flatMap(([a, b]) => (p.is(b) ? [a.length] : []))
      expect(prefixLength(p.source, t, false, free)).toBe(prefixes[0] ?? -1)
      expect(prefixLength(p.source, t, true, free)).toBe(prefixes.at(-1) ?? -1)
      expect(suffixStart(p.source, t, true, free)).toBe(suffixes[0] ?? -1)
      expect(suffixStart(p.source, t, false, free)).toBe(suffixes.at(-1) ?? -1)
    }),
  )
})
