// The session of `netsim shell`: netsim's own interface. What bash makes of a script is recorded: test/kernel/scenarios/shell-*.sh.
import { describe, expect, it } from 'vitest'
import { LimitError } from '../../src/lib/errors.ts'
import { ShellSession } from '../../src/shell/session.ts'
import { TestMachine } from './shell_machine.ts'

describe('a session', () => {
  it('keeps variables, functions, directory and jobs between lines, as a script does', () => {
    const lines = ['x=1; f() { echo "f $x"; }; cd /tmp; sleep 100 &', 'f; pwd', 'kill %1; wait; false']
    const s = new ShellSession(new TestMachine().os)
    const output = lines.map((l) => s.run(l).output.replace(/^\[.*\n/gm, ''))
    expect(output.join('')).toBe(new TestMachine().sh(lines.join('\n')).stdout)
    expect(s.run('(exit 7)')).toMatchObject({ status: 7, exited: false })
    expect(s.run('exit 3')).toMatchObject({ exited: true, status: 3 })
  })

  it('asks for more where a command is not whole', () => {
    const s = new ShellSession(new TestMachine().os)
    expect(s.run('if true; then')).toMatchObject({ incomplete: true })
    expect(s.prompt).toBe('> ')
    expect(s.run('echo done; fi').output).toBe('done\n')
  })

  it('completes commands, variables and files', () => {
    const s = new ShellSession(new TestMachine().os)
    s.run('somevar=1; mkdir -p /tmp/dir; touch /tmp/dir/file')
    expect(s.complete('timeo', 5)).toEqual(['timeout'])
    expect(s.complete('echo $somev', 11)).toEqual(['$somevar'])
    expect(s.complete('cat /tmp/d', 10)).toEqual(['/tmp/dir/'])
    expect(s.complete('cat /tmp/dir/', 13)).toEqual(['/tmp/dir/file'])
    expect(s.complete('ip ne', 5)).toEqual(['neighbour', 'netns'])
    expect(s.complete('ip link se', 10)).toEqual(['set'])
  })

  it('gives the host its turn while a line runs, and ^C ends the line', () => {
    const s = new ShellSession(new TestMachine().os)
    expect(s.start('sleep 100 & while sleep 1; do echo x; done; echo never')).toBe(null)
    let left = 50
    expect(s.resume(() => --left < 0)).toBe(null)
    expect(s.takeOutput()).toMatch(/x\n$/)
    s.interrupt()
    expect(s.resume(() => false)).toMatchObject({ status: 130, output: '', exited: false })
    expect(s.run('jobs -r').output).toContain('sleep 100')
    s.run('if true; then')
    s.interrupt()
    expect(s.run('echo whole').output).toBe('whole\n')
  })

  it.each(['while :; do :; done', 'f() { f; }; f', 'yes | cat > /dev/null', 'a=x; while :; do a=$a$a; done'])(
    'outlives the limit that ends a line: %s',
    (line) => {
      const s = new ShellSession(new TestMachine().os)
      s.run('x=5')
      expect(() => s.run(line)).toThrow(LimitError)
      expect(s.run('echo $x')).toMatchObject({ output: '5\n', status: 0, exited: false })
    },
  )
})
