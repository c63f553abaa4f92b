import { describe, expect, test } from 'vitest'
import { Output } from '../../src/tools/text/output.ts'
import type { Sys } from '../../src/uapi/program.ts'
import { runText } from './text_fixture.ts'

describe('sed -i', () => {
  test('writes the file back and keeps a backup where a suffix is given', () => {
    const files = new Map([['conf', 'a=1\nb=2\n']])
    expect(runText(['sed', '-i.bak', 's/=/: /', 'conf'], '', files)).toEqual({ out: '', err: '', code: 0 })
    expect(files.get('conf')).toBe('a: 1\nb: 2\n')
    expect(files.get('conf.bak')).toBe('a=1\nb=2\n')
  })

  test('counts lines in each file apart', () => {
    const files = new Map([
      ['a', '1\n2\n'],
      ['b', '3\n4\n'],
    ])
    runText(['sed', '-i', '1d', 'a', 'b'], '', files)
    expect([files.get('a'), files.get('b')]).toEqual(['2\n', '4\n'])
  })
})

describe('what is not modelled is refused by name and runs nothing', () => {
  test.each([
    [['sed', 'e date'], 'sed: command e is not modelled by netsim\n', 1],
    [['sed', 's/a/b/e'], 'sed: flag e of s is not modelled by netsim\n', 1],
    [['grep', '-P', '(?i)a'], 'grep: pattern of -P with (?i is not modelled by netsim\n', 2],
    [['grep', '--color=always', 'a'], 'grep: --color=always is not modelled by netsim\n', 2],
    [['sort', '-R'], 'sort: option -R is not modelled by netsim\n', 2],
    [['tail', '-F', 'x'], 'tail: option -F is not modelled by netsim\n', 1],
    [['diff', '-y', 'a', 'b'], 'diff: option -y is not modelled by netsim\n', 2],
  ])('%j', (argv, err, code) => {
    expect(runText(argv, 'a\n')).toEqual({ out: '', err, code })
  })
})

test('awk reads and writes files, and lists array keys in the order of mawk', () => {
  const files = new Map([['in', 'x 1\ny 2\n']])
  const script =
    '{ print $2 > "out" } END { close("out"); while ((getline l < "out") > 0) s = s l; print s; a["x"]; a["y"]; a["z"]; a[1]; a[2]; for (k in a) printf "%s ", k }'
  expect(runText(['awk', script, 'in'], '', files)).toEqual({ out: '12\nx 2 1 z y ', err: '', code: 0 })
  expect(files.get('out')).toBe('1\n2\n')
})

test('text that is not ASCII passes through as its bytes', () => {
  expect(runText(['sed', 's/连接/->/'], 'pod连接主机\n').out).toBe('pod->主机\n')
  expect(runText(['awk', '{ print length($0), $2 }'], 'pod 主机\n').out).toBe('10 主机\n')
  expect(runText(['grep', '-o', '主机'], 'pod连接主机\n').out).toBe('主机\n')
  expect(runText(['cut', '-d', ' ', '-f2'], 'pod 主机\n').out).toBe('主机\n')
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
