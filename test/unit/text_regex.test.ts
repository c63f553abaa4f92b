import { describe, expect, test } from 'vitest'
import { compileRegex, type RegexOptions } from '../../src/tools/text/regex.ts'

function match(source: string, text: string, o: Partial<RegexOptions> = {}): string | null {
  const r = compileRegex(source, { syntax: 'extended', dialect: 'sed', ...o })
  if (!r.ok) return `error: ${r.error}`
  const m = r.regex.exec(text)
  return m === null ? null : text.slice(m.start, m.end)
}

describe('a match is the leftmost and then the longest one', () => {
  test.each([
    ['a|ab|abc', 'xabcd', 'abc'],
    ['(a|ab)(c|bcd)', 'abcd', 'abcd'],
    ['(ab)?(abcd)?', 'abcd', 'abcd'],
    ['a*(ab)?', 'aab', 'aab'],
    ['x*', 'aaa', ''],
    ['(foo|foo_bar)$', 'foo_bar', 'foo_bar'],
    ['\\b(eth|eth0)\\b', 'dev eth0', 'eth0'],
  ])('%s on %s gives %s', (source, text, expected) => {
    expect(match(source, text)).toBe(expected)
  })
})

describe('basic and extended syntax differ in what a backslash does', () => {
  test.each([
    ['a\\+', 'a+aa', 'basic', 'a'],
    ['a+', 'a+aa', 'basic', 'a+'],
    ['a\\{2\\}', 'aaa', 'basic', 'aa'],
    ['\\(a\\)\\1', 'aab', 'basic', 'aa'],
    ['*a', 'b*a', 'basic', '*a'],
    ['\\(*a\\)', 'b*a', 'basic', '*a'],
    ['a^b', 'a^b', 'basic', 'a^b'],
    ['a$b', 'a$b', 'basic', 'a$b'],
    ['a{2}', 'a{2}aa', 'extended', 'aa'],
    ['a\\{2\\}', 'a{2}aa', 'extended', 'a{2}'],
    ['[]a]+', 'x]a]', 'extended', ']a]'],
    ['[^]a]+', ']xy', 'extended', 'xy'],
    ['[[:digit:].-]+', 'ip 10.0.0.1-9', 'extended', '10.0.0.1-9'],
    ['[\\n]', 'a\nb', 'extended', '\n'],
  ] as const)('%s on %s', (source, text, syntax, expected) => {
    expect(match(source, text, { syntax })).toBe(expected)
  })
})

test('case folding takes in ranges, classes and back-references', () => {
  expect(match('[a-c]+', 'xABC', { icase: true })).toBe('ABC')
  expect(match('[[:upper:]]+', 'abc', { icase: true })).toBe('abc')
  expect(match('(a)\\1', 'aA', { icase: true })).toBe('aA')
})

test('mawk knows no intervals, and its errors are its own', () => {
  expect(match('a{2}', 'aa a{2}', { dialect: 'awk' })).toBe('a{2}')
  expect(match('(', '', { dialect: 'awk' })).toBe("error: missing ')'")
  expect(match('*a', '', { dialect: 'awk' })).toBe('error: missing operand')
})

test('multi-line anchors match at newlines', () => {
  expect(match('^b$', 'a\nb\nc', { multiline: true })).toBe('b')
  expect(match('^b$', 'a\nb\nc')).toBe(null)
})
