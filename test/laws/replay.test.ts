// Laws of time: the same inputs give the same run, byte for byte; going back and on again gives the same future.
import { fc, test } from '@fast-check/vitest'
import { Host } from 'netsim'
import { describe, expect } from 'vitest'
import { renderJson } from '../../src/trace/json.ts'
import { dump } from '../unit/host_fixture.ts'
import { command, LAB, type Move, make, move } from './machine_moves.ts'

const lab = new Host('node1', { seed: 5 })
lab.sh(LAB)
const start = lab.snapshot()

function fresh(): Host {
  const host = new Host('node1')
  host.restore(start)
  return host
}

describe('replay', () => {
  test.prop([fc.integer({ min: 0, max: 0xffffffff }), fc.array(command, { minLength: 1, maxLength: 10 })], {
    numRuns: 10,
  })('the same seed and the same script give the same output and the same trace, byte for byte', (seed, lines) => {
    const once = (): readonly string[] => {
      const host = new Host('node1', { seed })
      const stop = host.trace()
      const r = host.sh(`${LAB}\n${lines.join('\n')}`)
      return [r.stdout, r.stderr, `${r.exitCode}`, renderJson(stop()), dump(host)]
    }
    expect(once()).toEqual(once())
  })

  test.prop([fc.array(move, { minLength: 1, maxLength: 10 }), fc.double({ min: 0, max: 1, noNaN: true })], {
    numRuns: 20,
  })('goTo an earlier position, then the same again, gives the same machine', (moves: readonly Move[], share) => {
    const host = fresh()
    const positions = [host.position]
    const outputs: string[] = []
    const states: string[] = [dump(host)]
    for (const m of moves) {
      outputs.push(make(host, m))
      positions.push(host.position)
      states.push(dump(host))
    }
    const i = Math.floor(share * moves.length)
    host.goTo(positions[i]!)
    expect(dump(host)).toBe(states[i])
    for (const [k, m] of [...moves.entries()].slice(i)) {
      expect(make(host, m)).toBe(outputs[k])
      expect(host.position).toBe(positions[k + 1])
    }
    expect(dump(host)).toBe(states.at(-1))
  })

  test.prop([fc.array(command, { minLength: 1, maxLength: 6 }), fc.double({ min: 0, max: 1, noNaN: true })], {
    numRuns: 15,
  })('goTo into the middle of a script, then on, gives the same end', (lines, share) => {
    const host = fresh()
    const before = host.position
    host.sh(lines.join('\n'))
    const [after, later] = [host.position, host.now + 100e9]
    host.run(100)
    const end = dump(host)
    const p = before + 1 + Math.floor(share * (after - before - 1))
    host.goTo(p)
    expect(host.position).toBe(p)
    host.run((later - host.now) / 1e9)
    expect(dump(host)).toBe(end)
  })
})
