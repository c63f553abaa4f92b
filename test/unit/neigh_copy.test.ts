import { describe, expect, it } from 'vitest'
import { neigh_lookup } from '../../src/kernel/core/neighbour.ts'
import { ip4 } from '../../src/lib/ip4.ts'
import { cloneGraph } from '../../src/sim/clone.ts'
import { NUD_FAILED, NUD_INCOMPLETE, NUD_REACHABLE } from '../../src/uapi/neigh.ts'
import { pair } from './neigh_fixture.ts'

describe('a copy of a machine', () => {
  it('made while packets wait goes on by itself and leaves the original alone', () => {
    const m = pair()
    m.ping('10.0.0.2')
    m.ping('10.0.0.77')
    const copy = cloneGraph({ kernel: m.kernel, va: m.va, recorder: m.recorder })
    while (copy.kernel.sim.step(5e9, copy.kernel));
    expect(neigh_lookup(copy.va, ip4('10.0.0.2'))?.state).toBe(NUD_REACHABLE)
    expect(neigh_lookup(copy.va, ip4('10.0.0.77'))?.state).toBe(NUD_FAILED)
    expect(neigh_lookup(m.va, ip4('10.0.0.77'))?.state).toBe(NUD_INCOMPLETE)
    m.run(5)
    const brief = (r: typeof m.recorder): string =>
      JSON.stringify(r.recording().events.map((e) => [e.time, e.packet, e.kind, e.fn]))
    expect(brief(m.recorder)).toBe(brief(copy.recorder))
  })
})
