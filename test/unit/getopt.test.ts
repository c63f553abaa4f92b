import { expect, test } from 'vitest'
import { getopt, type LongOption } from '../../src/tools/lib/getopt.ts'

const LONG: readonly LongOption[] = [
  { name: 'all', arg: 'none', opt: 'a' },
  { name: 'load', arg: 'optional', opt: 'p' },
  { name: 'pattern', arg: 'required', opt: 'r' },
  { name: 'quiet', arg: 'none', opt: 'q' },
  { name: 'query', arg: 'required', opt: 'A' },
]
const items = (argv: string[], short = 'aqr:p::'): string[] =>
  getopt(['prog', ...argv], short, LONG).items.map((i) => i.error ?? `${i.opt}=${i.arg}`)

test('clustered letters, glued and separate values', () => {
  expect(items(['-aq', '-rX', '-r', 'Y', '-pZ', '-p'])).toEqual(['a=null', 'q=null', 'r=X', 'r=Y', 'p=Z', 'p=null'])
})

test('operands may stand anywhere, and end options after --', () => {
  const p = getopt(['prog', 'x', '-a', 'y', '--', '-q'], 'aq', LONG)
  expect(p.rest).toEqual(['x', 'y', '-q'])
  expect(p.items).toHaveLength(1)
})

test('a leading + stops at the first operand', () => {
  expect(getopt(['prog', '-a', 'x', '-q'], '+aq').rest).toEqual(['x', '-q'])
})

test('long options: abbreviations and values', () => {
  expect(items(['--al', '--pattern=x', '--pat', 'y', '--load', '--load=f'])).toEqual([
    'a=null',
    'r=x',
    'r=y',
    'p=null',
    'p=f',
  ])
})

test("glibc's error texts", () => {
  expect(items(['-z', '-r'])).toEqual(["prog: invalid option -- 'z'\n", "prog: option requires an argument -- 'r'\n"])
  expect(items(['--foo=1', '--qu', '--all=1', '--pattern'])).toEqual([
    "prog: unrecognized option '--foo=1'\n",
    "prog: option '--qu' is ambiguous; possibilities: '--quiet' '--query'\n",
    "prog: option '--all' doesn't allow an argument\n",
    "prog: option '--pattern' requires an argument\n",
  ])
  expect(getopt(['ping', '--help'], 'h').items[0]?.error).toBe("ping: invalid option -- '-'\n")
})
