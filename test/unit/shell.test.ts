// The session of `netsim shell`: netsim's own interface. What bash makes of a script is recorded: test/kernel/scenarios/shell-*.sh.
import { describe, expect, it } from 'vitest'
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
  })
})
