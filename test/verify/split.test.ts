// A script in steps: nothing that belongs together is torn apart, and with its hooks it still does what it did.
import { Host } from 'netsim'
import { describe, expect, test } from 'vitest'
import { split } from '../../src/cli/verify/split.ts'
import { loadCases } from '../kernel/cases.ts'
import { jobOf, observe } from './run.ts'

const texts = (script: string): string[] => split(script).steps.map((s) => s.text)

describe('steps', () => {
  test('a loop, a function, a list and a here-document stay whole', () => {
    expect(
      texts('f() {\n  echo 1\n}\nfor i in 1 2; do\n  f\ndone\ntrue && false || f\ncat <<X | tr a b\na\nX\n'),
    ).toEqual(['f() {\n  echo 1\n}', 'for i in 1 2; do\n  f\ndone', 'true && false || f', 'cat <<X | tr a b\na\nX'])
  })

  test('commands on one line are steps of their own, also behind & and in front of a comment', () => {
    expect(texts('a=1; sleep 1 & wait # all\necho $a')).toEqual(['a=1', 'sleep 1 &', 'wait', 'echo $a'])
  })

  test('commands behind a here-document on its line stay with it', () => {
    expect(texts('cat <<X; echo after\nbody\nX\necho end')).toEqual(['cat <<X; echo after\nbody\nX', 'echo end'])
  })

  test('who reads PIPESTATUS or $_ stays with the command before, and counts', () => {
    const s = split('false | true; echo ${PIPESTATUS[0]}\nls x; echo $_; echo $_x')
    expect(s.steps.map((x) => [x.commands, x.line])).toEqual([
      [2, 1],
      [2, 2],
      [1, 2],
    ])
  })

  test('what only prints is quiet, and what goes on in the background; what could change a table is not', () => {
    const quiet = split(
      'say() { printf "%s\\n" "$*"; }\nsay x\necho a\na=b\na=$(ip link)\necho 1 > /proc/sys/net/ipv4/ip_forward\nip link\nip link &\nip link >&2 && ip addr &>x\n',
    )
    expect(quiet.steps.map((s) => s.quiet)).toEqual([true, true, true, true, false, false, false, true, false])
  })

  test('what stands before a syntax error is in steps, the rest is left to bash', () => {
    const s = split('echo 1\necho 2\nif true; fi\n')
    expect(s.steps.map((x) => x.text)).toEqual(['echo 1', 'echo 2'])
    expect(s.text).toMatch(/if true; fi\n$/)
  })

  test('every line of the text with hooks knows its line of the script', () => {
    const script = '#!/bin/bash\n# c\n\na=1; b=2\ncat <<X\nx\nX\n\necho end'
    const s = split(script)
    const original = script.split('\n')
    const lines = s.text.split('\n')
    for (const [i, line] of lines.entries()) {
      if (line === '' || line.startsWith('/bin/bash /run/netsim')) continue
      expect(original[s.lines[i + 1]! - 1]).toContain(line.trim())
    }
  })
})

describe('with hooks a script does what it does without them', () => {
  // A job that a signal ended is reported while bash waits for the next command, and that is the hook.
  const scripts = loadCases('shell-').filter((c) => c.name.startsWith('scenarios/') && !/kill (?:-9|%)/.test(c.script))
  test.each(scripts.map((c) => [c.name, c.script]))('%s', (_, script) => {
    const hooked = observe(script)
    const plain = new Host('node1').sh(script, { name: 'script.sh' })
    expect(hooked.steps.map((s) => s.output).join('')).toBe(plain.output)
    expect(hooked.steps[hooked.steps.length - 1]!.status).toBe(plain.exitCode)
  })

  test('set -e ends at the failing command, a trap still runs, and the exit code is the script’s', () => {
    const o = observe("set -e\ntrap 'echo bye $?' EXIT\n! true\nfalse && true\n(exit 3)\necho never\n")
    const last = o.steps[o.steps.length - 1]!
    expect([last.number, last.status, last.output]).toEqual([5, 3, 'bye 3\n'])
  })

  test('$?, $! and arguments pass the hooks; messages name the script and its lines', () => {
    const script = '(exit 7)\necho $?\nsleep 0.1 &\nwait $!; echo $? $0\n\nnosuch\nset -x\n: x\n'
    const o = observe(script)
    expect(o.steps.map((s) => s.output).join('')).toBe(
      '7\n0 script.sh\nscript.sh: line 6: nosuch: command not found\n+ : x\n',
    )
  })

  test('an open here-document is closed by the end of the script, not by a hook', () => {
    expect(
      observe('cat <<X\nbody')
        .steps.map((s) => s.output)
        .join(''),
    ).toContain('body')
    expect(jobOf('cat <<X\nbody').split.text).toBe('cat <<X\nbody\n')
  })
})
