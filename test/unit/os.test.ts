// netsim's own promises about processes: the clock, copies, limits. How processes end and what pipes do is Linux's: scenarios/shell-files,
// shell-jobs, shell-sigpipe.
import { describe, expect, it } from 'vitest'
import { LimitError } from '../../src/lib/errors.ts'
import type { Os } from '../../src/os/os.ts'
import { cloneGraph } from '../../src/sim/clone.ts'
import { TestMachine } from './shell_machine.ts'

describe('processes', () => {
  it('move the clock only when all of them wait', () => {
    const m = new TestMachine()
    expect(m.sh('sleep 2 & sleep 3 & wait').code).toBe(0)
    expect(m.sim.now).toBe(3_000_000_000)
  })

  it('in the background outlive the script that started them', () => {
    const m = new TestMachine()
    m.sh('(sleep 5; echo late > /tmp/late) & echo started')
    expect(m.sh('test -e /tmp/late').code).toBe(1)
    m.os.runFor(6e9)
    expect(m.sh('cat /tmp/late').stdout).toBe('late\n')
  })

  it('that are machines are copied with the machine, scripts are named', () => {
    const m = new TestMachine()
    m.sh('sleep 60 &')
    expect(m.os.scripts()).toEqual([])
    const copy: Os = cloneGraph(m.os)
    copy.runFor(61e9)
    expect([...copy.processes.values()].filter((p) => p.comm === 'sleep')).toEqual([])
    expect([...m.os.processes.values()].filter((p) => p.comm === 'sleep')).toHaveLength(1)
    m.sh('while :; do sleep 1; done &')
    expect(m.os.scripts()).toHaveLength(1)
  })
})

describe('limits', () => {
  const limitOf = (f: () => void): string => {
    try {
      f()
    } catch (e) {
      return e instanceof LimitError ? e.limit : String(e)
    }
    return 'none'
  }

  it('stop an endless loop, and the machine stays usable', () => {
    const m = new TestMachine({ limits: { steps: 10_000 } })
    expect(limitOf(() => m.sh('while :; do :; done'))).toBe('steps')
    expect(m.sh('echo ok').stdout).toBe('ok\n')
    expect(limitOf(() => m.sh('while ((1)); do ((x++)); done'))).toBe('steps')
  })

  it('stop endless recursion, output, fork bombs and waits for nothing', () => {
    const m = new TestMachine({ limits: { processes: 50, output: 10_000, steps: 100_000 } })
    expect(limitOf(() => m.sh('f() { f; }; f'))).toBe('depth')
    expect(limitOf(() => m.sh('yes'))).toBe('output')
    expect(limitOf(() => m.sh('b() { b | b & }; b; wait'))).toBe('processes')
    expect(limitOf(() => m.sh('sleep infinity'))).toBe('blocked')
    expect(m.sh('echo ok').stdout).toBe('ok\n')
  })

  it('stop a command that never ends', () => {
    const m = new TestMachine()
    expect(limitOf(() => m.sh('while sleep 60; do :; done'))).toBe('virtualTime')
  })
})
