// netsim's own promises about the text tools: what is refused by name, and how output waits for a full pipe.
// What the tools print is recorded: test/kernel/tables/text-*.txt, scenarios/text-*.sh.
import { describe, expect, test } from 'vitest'
import { Output } from '../../src/tools/text/output.ts'
import type { Sys } from '../../src/uapi/program.ts'
import { runText } from './text_fixture.ts'

describe('what is not modelled is refused by name and runs nothing', () => {
  test.each([
    [['sed', 'e date'], 'sed: command e is not modelled by netsim\n', 1],
    [['sed', 's/a/b/e'], 'sed: flag e of s is not modelled by netsim\n', 1],
    [['grep', '-P', '(?R)a'], 'grep: pattern of -P with (?R is not modelled by netsim\n', 2],
    [['grep', '--color=always', 'a'], 'grep: --color=always is not modelled by netsim\n', 2],
    [['sort', '-R'], 'sort: option -R is not modelled by netsim\n', 2],
    [['tail', '-F', 'x'], 'tail: option -F is not modelled by netsim\n', 1],
    [['diff', '-y', 'a', 'b'], 'diff: option -y is not modelled by netsim\n', 2],
  ])('%j', (argv, err, code) => {
    expect(runText(argv, 'a\n')).toEqual({ out: '', err, code })
  })
})

test('output waits while a pipe is full and stops when nobody reads', () => {
  const answers: ('EAGAIN' | 'EPIPE' | number)[] = [3, 'EAGAIN', 2, 'EPIPE']
  const sys = {
    isatty: () => false,
    write: () => {
      const a = answers.shift()!
      return typeof a === 'number' ? { ok: true, value: a } : { ok: false, errno: a }
    },
  } as unknown as Sys
  const out = new Output(sys)
  out.add('0123456789')
  const g = out.flush()
  expect(g.next()).toEqual({ done: false, value: { writable: [1] } })
  expect(g.next().done).toBe(true)
  expect(out.failed).toBe('EPIPE')
})
