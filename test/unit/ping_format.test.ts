// How ping writes a round trip: read from the recordings, which hold both the rounded time of a reply and, in the summary of a
// single one, the same time in microseconds. And RFC 1071: a message with its checksum sums to zero.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { icmpBytes, internetChecksum } from '../../src/tools/lib/sock.ts'
import { formatRtt } from '../../src/tools/ping/receive.ts'

const RECORDINGS = new URL('../kernel/recordings/', import.meta.url)
const SINGLE =
  /time=(\S+) ms\n\n--- .* ---\n1 packets transmitted, 1 received, .*\nrtt min\/avg\/max\/mdev = (\d+)\.(\d{3})\//g

const pairs = readdirSync(RECORDINGS)
  .filter((f) => f.endsWith('.txt'))
  .flatMap((f) => [...readFileSync(new URL(f, RECORDINGS), 'utf8').matchAll(SINGLE)])
  .map((m): readonly [number, string] => [Number(m[2]) * 1000 + Number(m[3]), m[1]!])

test('the recordings hold times of every length', () => {
  const edges = [0, 1000, 10_000, 100_000, 1_000_000]
  for (const [i, low] of edges.slice(0, -1).entries())
    expect(pairs.filter(([us]) => us >= low && us < edges[i + 1]!).length).toBeGreaterThan(5)
})

test('the rtt keeps three digits or more, as iputils rounds it', () => {
  for (const [us, text] of pairs) expect([us, formatRtt(us)]).toEqual([us, text])
})

test('an echo request sums to zero', () => {
  expect(internetChecksum(icmpBytes(8, 0, 0x1234, 7, Uint8Array.of(1, 2, 3)))).toBe(0)
})
