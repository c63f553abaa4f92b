// Frames out of nowhere: each malformed or unwanted one is dropped with the kernel's own reason, in the kernel's own function
// (recorded by test/kernel/drops_record.ts from the tracepoint skb:kfree_skb).
import { readFileSync } from 'node:fs'
import { Host } from 'netsim'
import { beforeAll, describe, expect, test } from 'vitest'
import { FRAMES, hex, TOPOLOGY } from '../kernel/drop_frames.ts'
import type { DropRecording } from '../kernel/drops_record.ts'

const recording = JSON.parse(
  readFileSync(new URL('../kernel/recordings/drops.json', import.meta.url), 'utf8'),
) as DropRecording

/**
 * Where Linux takes a packet and does nothing with it, without a drop of its own, netsim says why nothing came of it: its
 * trace has no silent ends.
 */
const EXPLAINED = new Set(['icmp_discard', 'icmp_echo', 'icmp_timestamp', 'icmp_unreach', 'icmp_redirect'])

describe(`frames as ${recording.kernel.split(' ').slice(0, 2).join(' ')} drops them`, () => {
  const host = new Host('node1')
  beforeAll(() => {
    expect(host.sh(TOPOLOGY)).toMatchObject({ stderr: '', exitCode: 0 })
  })

  test.each(FRAMES.map((f) => [f.name, f] as const))('%s', (name, f) => {
    const asked = recording.answers[name]
    expect(asked?.frame, 'the frame is the recorded one').toBe(hex(f.frame))
    const r = host.netns('r')
    if (f.before !== undefined) expect(r.sh(f.before).output).toBe('')
    const trace = r.inject('dr0', f.frame)
    const packet = trace.events[0]!.packet
    const drops = trace.events.filter((e) => e.kind === 'drop').filter((d) => d.packet === packet)
    const counted = drops.filter((d) => !EXPLAINED.has(d.fn))
    expect(counted.map((d) => ({ fn: d.fn, reason: d.reason }))).toEqual(asked?.drops)
  })
})
