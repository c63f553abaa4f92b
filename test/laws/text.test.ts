// Laws of the text tools, as POSIX (XCU 4; regular expressions: XBD 9) defines them. Read first: src/tools/text/table.ts.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileRegex } from '../../src/lib/regex/regex.ts'
import { bytesOf } from '../../src/tools/text/bytestring.ts'
import { runText } from '../unit/text_fixture.ts'

const line = fc.string({ unit: fc.constantFrom(...'ab cx10.é'), maxLength: 8 })
const text = fc.array(line, { maxLength: 12 }).map((l) => l.map((s) => `${s}\n`).join(''))
const filter = (argv: readonly string[], input: string): string => runText(argv, input).out

describe('filters', () => {
  test('sort | uniq is sort -u', () => {
    fc.assert(
      fc.property(text, (t) => {
        expect(filter(['uniq'], filter(['sort'], t))).toBe(filter(['sort', '-u'], t))
      }),
    )
  })

  test('sort gives a permutation in order, and sorting again changes nothing', () => {
    fc.assert(
      fc.property(text, fc.constantFrom('-n', '-r', '-f', '-V', '-k2', '-s'), (t, option) => {
        const once = filter(['sort', option], t)
        expect(filter(['sort', option], once)).toBe(once)
        expect(once.split('\n').sort()).toEqual(t.split('\n').sort())
        expect(runText(['sort', '-C', option], once).code).toBe(0)
      }),
    )
  })

  test.each([
    [['sed', 's/x/x/g']],
    [['sed', '']],
    [['sed', '-n', 'p']],
    [['awk', '{print}']],
    [['awk', '1']],
    [['grep', '']],
    [['head', '-n', '100']],
    [['tail', '-n', '+1']],
    [['tr', 'a', 'a']],
    [['cut', '-b', '1-']],
  ])('%j is the identity', (argv) => {
    fc.assert(
      fc.property(text, (t) => {
        expect(filter(argv, t)).toBe(t)
      }),
    )
  })

  test('head and tail part a text', () => {
    fc.assert(
      fc.property(text, fc.nat(14), (t, n) => {
        expect(filter(['head', '-n', `${n}`], t) + filter(['tail', '-n', `+${n + 1}`], t)).toBe(t)
      }),
    )
  })

  test('tac twice, rev twice and base64 -d after base64 give the text back', () => {
    fc.assert(
      fc.property(text, (t) => {
        expect(filter(['tac'], filter(['tac'], t))).toBe(t)
        expect(filter(['base64', '-d'], filter(['base64'], t))).toBe(t)
        const ascii = t.replaceAll('é', 'e')
        expect(filter(['rev'], filter(['rev'], ascii))).toBe(ascii)
      }),
    )
  })

  test('what grep selects and what grep -v selects are all lines', () => {
    fc.assert(
      fc.property(text, fc.constantFrom('a', '^$', 'b.', '[0-9]', 'x\\|c'), (t, pattern) => {
        const count = (...o: string[]): number => Number(filter(['grep', '-c', ...o, pattern], t))
        expect(count() + count('-v')).toBe(t.split('\n').length - 1)
      }),
    )
  })

  test('patching by diff: the lines that are common stay, the others are marked', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const files = new Map([
          ['a', a],
          ['b', b],
        ])
        const r = runText(['diff', '-U', '100', '--label', 'a', '--label', 'b', 'a', 'b'], '', files)
        const body = r.out.split('\n').slice(3).slice(0, -1)
        const side = (mark: string): string =>
          body
            .filter((l) => l[0] === ' ' || l[0] === mark)
            .map((l) => `${l.slice(1)}\n`)
            .join('')
        expect(r.code).toBe(a === b ? 0 : 1)
        if (a !== b) expect([side('-'), side('+')]).toEqual([a, b])
      }),
    )
  })
})

describe('regular expressions', () => {
  const escaped = (s: string): string => s.replace(/[\\.[\]*^$+?(){}|]/g, '\\$&')

  test('an escaped text matches where the text is', () => {
    const any = fc.string({ unit: fc.constantFrom(...'ab.*[]^$+?(){}|\\'), minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(any, any, any, (before, s, after) => {
        const r = compileRegex(escaped(s), { syntax: 'extended', dialect: 'sed' }, { charge: () => {} })
        const whole = before + s + after
        expect(r.ok && r.regex.exec(whole)?.start).toBe(whole.indexOf(s))
      }),
    )
  })

  interface Node {
    readonly source: string
    /** Every end of a match from `at`. */
    readonly ends: (t: string, at: number) => ReadonlySet<number>
  }
  const leaf = fc.constantFrom('a', 'b', '.').map(
    (c): Node => ({
      source: c,
      ends: (t, at) => new Set(at < t.length && (c === '.' || t[at] === c) ? [at + 1] : []),
    }),
  )
  const { node } = fc.letrec<{ node: Node }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.tuple(tie('node'), tie('node')).map(
        ([x, y]): Node => ({
          source: x.source + y.source,
          ends: (t, at) => new Set([...x.ends(t, at)].flatMap((m) => [...y.ends(t, m)])),
        }),
      ),
      fc.tuple(tie('node'), tie('node')).map(
        ([x, y]): Node => ({
          source: `(${x.source}|${y.source})`,
          ends: (t, at) => new Set([...x.ends(t, at), ...y.ends(t, at)]),
        }),
      ),
      tie('node').map((x): Node => ({ source: `(${x.source})?`, ends: (t, at) => new Set([at, ...x.ends(t, at)]) })),
      tie('node').map(
        (x): Node => ({
          source: `(${x.source})*`,
          ends: (t, at) => {
            const all = new Set([at])
            for (const m of all) for (const e of x.ends(t, m)) all.add(e)
            return all
          },
        }),
      ),
    ),
  }))

  test('the match is the longest of the leftmost that a naive matcher finds', () => {
    fc.assert(
      fc.property(node, fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 7 }), (n, t) => {
        const r = compileRegex(n.source, { syntax: 'extended', dialect: 'sed' }, { charge: () => {} })
        let expected: readonly number[] | null = null
        for (let at = 0; at <= t.length && expected === null; at++) {
          const ends = n.ends(t, at)
          if (ends.size > 0) expected = [at, Math.max(...ends)]
        }
        const m = r.ok ? r.regex.exec(t) : null
        expect(m === null ? null : [m.start, m.end]).toEqual(expected)
      }),
      { numRuns: 300 },
    )
  })
})

describe('no input makes a tool throw', () => {
  const words = (list: readonly string[]): fc.Arbitrary<string> =>
    fc.array(fc.constantFrom(...list), { maxLength: 9 }).map((w) => w.join(''))
  const sedWords = [
    's/a/b/',
    'p',
    'd',
    'N',
    ';',
    '{',
    '}',
    '1',
    '$',
    ',',
    '!',
    '/a/',
    'y/ab/ba/',
    'a x',
    '\n',
    'b',
    ':x',
    'tx',
    '\\',
    '[',
    's',
    'g',
    '(',
    '*',
    '0',
    '~2',
    '+1',
    'D',
    'G',
    'x',
    'q',
  ]
  const awkWords = [
    '{',
    '}',
    'print',
    ' ',
    '$',
    '1',
    'x',
    'NF',
    '(',
    ')',
    '[',
    ']',
    '=',
    '+',
    '-',
    '/',
    '"a"',
    ';',
    '\n',
    'if',
    'else',
    'in',
    '++',
    '!',
    '~',
    ',',
    'BEGIN',
    'END',
    'getline',
    '<',
    '>"f"',
    '?',
    ':',
    'length',
    'function f(x)',
    'return',
    'delete',
    '/a*/',
    'substr',
    'split',
    'for',
    'printf "%d"',
    '%',
    '^',
    '&&',
    '||',
    '\\',
    '#',
  ]
  const regexWords = [
    'a',
    'b',
    '*',
    '+',
    '?',
    '(',
    ')',
    '|',
    '[',
    ']',
    '^',
    '$',
    '\\',
    '{',
    '}',
    '1',
    ',',
    '[:',
    ':]',
    'alpha',
    '.',
    '-',
    '\\1',
    '\\<',
    '\\w',
  ]

  test.each([
    ['sed', sedWords, []],
    ['sed', sedWords, ['-n']],
    ['sed', sedWords, ['-E']],
    ['awk', awkWords, []],
    ['grep', regexWords, []],
    ['grep', regexWords, ['-E']],
    ['grep', regexWords, ['-wo']],
    ['grep', regexWords, ['-P']],
  ] as const)('%s', (tool, list, options) => {
    fc.assert(
      fc.property(words(list), (script) => {
        const r = runText([tool, ...options, '--', script], 'a b\n1 2\n\n')
        expect(Number.isInteger(r.code)).toBe(true)
        if (r.code > 1) expect(r.err).not.toBe('')
      }),
      { numRuns: 400 },
    )
  })

  test('options of all tools', () => {
    const tools = [
      'base64',
      'column',
      'comm',
      'cut',
      'diff',
      'fold',
      'head',
      'hexdump',
      'nl',
      'od',
      'paste',
      'rev',
      'seq',
      'sort',
      'tac',
      'tail',
      'tr',
      'uniq',
      'wc',
      'xargs',
      'xxd',
    ]
    const word = fc.oneof(
      words(['-', '--', 'n', 'c', 'k', '1', ',', '2', '.', 'x', '=', 'f', 't', 's', 'w']),
      fc.constantFrom('a', '-', '3'),
    )
    fc.assert(
      fc.property(fc.constantFrom(...tools), fc.array(word, { maxLength: 3 }), (tool, args) => {
        fc.pre(!args.some((a) => /^-\w*f/.test(a) && tool === 'tail') && tool !== 'seq')
        expect(Number.isInteger(runText([tool, ...args], 'a b\n1 2\n').code)).toBe(true)
      }),
      { numRuns: 600 },
    )
  })
})

test('byte strings hold one character per byte', () => {
  expect(bytesOf('é')).toBe('\xc3\xa9')
})
