// Packets that wait for an address in vain, ARP packets that nobody heeds: each is dropped with the kernel's own reason, in the kernel's
// own function (recorded by test/kernel/neigh_drops_record.ts from the tracepoint skb:kfree_skb).
import { readFileSync } from 'node:fs'
import { Host } from 'netsim'
import { describe, expect, test } from 'vitest'
import { DROP_CASES, digest, type NeighDrops, RECORDING, SETUP } from '../kernel/neigh_drops.ts'

const recording = JSON.parse(readFileSync(RECORDING, 'utf8')) as NeighDrops

/** An unwanted question ends silently in Linux (consumed); netsim says why nobody answers it, as an `arp` event. */
describe(`neighbours as ${recording.kernel.split(' ').slice(0, 2).join(' ')} drops their packets`, () => {
  test('the recording answers these cases', () => {
    expect(recording.script, 'npm run record -- neigh_drops.json --native').toBe(digest())
  })

  test.each(DROP_CASES.map((c) => [c.name, c] as const))('%s', (name, c) => {
    const host = new Host('node1')
    expect(host.sh(`${SETUP}\n${c.before ?? ''}`)).toMatchObject({ stderr: '', exitCode: 0 })
    const stop = host.trace()
    host.sh(c.script)
    const drops = stop().drops.map((d) => ({ fn: d.fn, reason: d.reason }))
    expect(drops).toEqual(recording.answers[name])
  })
})
