// Requests that are no requests: what gets past the compiler ends as a documented error and changes nothing.
import { Host, NetsimError } from 'netsim'
import { expect, test } from 'vitest'

test.each([
  ['link.add', null],
  ['addr.new', { mode: 'add' }],
  ['route.new', { mode: 'add', route: null }],
  ['neigh.new', { mode: 'add', neigh: 7 }],
] as const)('%s with %j is refused', (op, req) => {
  const host = new Host()
  const before = host.exec('ip addr; ip route show table all; ip neigh').output
  expect(() => host.root.request(op, req as never)).toThrow(NetsimError)
  expect(host.exec('ip addr; ip route show table all; ip neigh').output).toBe(before)
})
