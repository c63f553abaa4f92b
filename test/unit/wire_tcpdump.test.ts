// What the real tcpdump printed and took (wire_tcpdump.json, recorded by tcpdump -r on the packets in it), compared with ours.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { matchesBytes } from '../../src/tools/tcpdump/filter_eval.ts'
import { parseFilter } from '../../src/tools/tcpdump/filter_parse.ts'
import { serviceByName } from '../../src/tools/tcpdump/services.ts'
import type { TcpFlows } from '../../src/wire/print/printer.ts'
import { summarizeCaptured } from '../../src/wire/summary.ts'
import { machine } from './tcpdump_machine.ts'

interface Recording {
  readonly packets: readonly string[]
  readonly prints: readonly { readonly snaplen: number; readonly options: string; readonly text: string }[]
  readonly unprivileged: { readonly stderr: string; readonly code: number }
  readonly filters: readonly { readonly filter: string; readonly error?: string; readonly takes?: readonly number[] }[]
}

const recording = JSON.parse(readFileSync(new URL('wire_tcpdump.json', import.meta.url), 'utf8')) as Recording
const packets = recording.packets.map((h) => Uint8Array.from(Buffer.from(h, 'hex')))

function printed(snaplen: number, letters: string): string {
  const count = (letter: string): number => letters.split(letter).length - 1
  const flows: TcpFlows | null = letters.includes('S') ? null : new Map()
  const options = {
    linkLevel: letters.includes('e'),
    verbose: count('v'),
    quiet: letters.includes('q'),
    flows,
    names: null,
    dump: !/[qxX]/.test(letters),
  }
  const dump = { hex: count('x'), hexAscii: count('X'), ascii: count('A') }
  const line = (b: Uint8Array): string =>
    summarizeCaptured({ bytes: b.slice(0, snaplen), wireLength: b.length, cooked: null }, options, dump)
  return packets.map((b) => `${line(b)}\n`).join('')
}

describe('a packet reads as the real tcpdump prints it', () => {
  test.each(recording.prints)('$options, $snaplen bytes captured', ({ snaplen, options, text }) => {
    expect(printed(snaplen, options).split('\n')).toEqual(text.split('\n'))
  })
})

describe('a filter takes what the real one takes and fails with its words', () => {
  const context = { link: 'ethernet' as const, host: () => null, service: serviceByName }
  test.each(recording.filters)('$filter', ({ filter, error, takes }) => {
    const parsed = parseFilter(filter, context)
    if (!parsed.ok) {
      expect(parsed.message).toBe(error)
      return
    }
    expect(error).toBeUndefined()
    const taken = packets.flatMap((b, i) => (matchesBytes(parsed.filter, b, b.length, 'ethernet') ? [i] : []))
    expect(taken).toEqual(takes)
  })
})

test('a user who is not root is refused as the real one refuses', () => {
  const m = machine()
  const r = m.os.spawn(['tcpdump', '-i', 'lo'], { uid: 65534 })
  if (!r.ok) throw new Error(r.errno)
  const code = m.os.runToExit(r.value.pid)
  expect({ stderr: r.value.terminal.stderr, code }).toEqual(recording.unprivileged)
})
