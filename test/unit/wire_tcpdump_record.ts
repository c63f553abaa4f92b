// Records wire_tcpdump.json anew: the real tcpdump prints and filters the packets in it.
// Run where tcpdump is installed: npx tsx test/unit/wire_tcpdump_record.ts
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pcapHeader, pcapRecord, readPcap } from '../../src/tools/tcpdump/pcap.ts'

interface Recording {
  recordedWith: string
  packets: string[]
  prints: { snaplen: number; options: string; text: string }[]
  filters: { filter: string; error?: string; takes?: number[] }[]
  /** What `tcpdump -i lo` says to a user who is not root. */
  unprivileged: { stderr: string; code: number | null }
}

const path = new URL('wire_tcpdump.json', import.meta.url)
const recording = JSON.parse(readFileSync(path, 'utf8')) as Recording
const file = join(mkdtempSync(join(tmpdir(), 'pcap-')), 'packets.pcap')

/** The packets as a savefile, the Nth at second N + 1, cut to `snaplen`. */
function save(snaplen: number): void {
  const frames = recording.packets.map((h) => Uint8Array.from(Buffer.from(h, 'hex')))
  const record = (b: Uint8Array, i: number): Uint8Array =>
    pcapRecord({ time: 1e6 * (i + 1), bytes: b.slice(0, snaplen), wireLength: b.length })
  writeFileSync(file, Buffer.concat([pcapHeader(1, 262144), ...frames.map(record)]))
}

function tcpdump(...args: string[]): { readonly stdout: Buffer; readonly error: string | undefined } {
  const r = spawnSync('tcpdump', args, { maxBuffer: 1e8 })
  const said = r.stderr.toString().split('\n')
  return { stdout: r.stdout, error: said.find((l) => l.startsWith('tcpdump: '))?.slice(9) }
}

for (const print of recording.prints) {
  save(print.snaplen)
  print.text = tcpdump('-t', '-r', file, print.options).stdout.toString('latin1')
}
save(262144)
recording.filters = recording.filters.map(({ filter }) => {
  const { stdout, error } = tcpdump('-r', file, '-w', '-', '--', filter)
  // The optimizer's finding that nothing can match is no fault of the words.
  if (error === 'expression rejects all packets') return { filter, takes: [] }
  if (error !== undefined) return { filter, error }
  const taken = readPcap(new Uint8Array(stdout))
  if (typeof taken === 'string') throw new Error(taken)
  return { filter, takes: taken.records.map((r) => r.time / 1e6 - 1) }
})
const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups', 'tcpdump', '-i', 'lo']
const refused = spawnSync('setpriv', nobody, { encoding: 'utf8' })
recording.unprivileged = { stderr: refused.stderr, code: refused.status }
recording.recordedWith = spawnSync('tcpdump', ['--version']).stdout.toString().split('\n').slice(0, 2).join(', ')
writeFileSync(path, `${JSON.stringify(recording, null, 2)}\n`)
