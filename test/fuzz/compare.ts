// What both sides printed, section by section, after taking away what may differ: normalize.ts of the recordings, and what only captures
// and tables of a fuzzed machine show. As narrow as it can be; docs/fuzzing.md lists it.
import { normalize, sections } from '../../src/cli/verify/normalize.ts'

/** The first section that differs. */
export interface Difference {
  readonly title: string
  readonly linux: string
  readonly netsim: string
}

const RULES: readonly (readonly [RegExp, string])[] = [
  // tcpdump: identification, sequence numbers, time stamps and checksums (a veth leaves them to be computed by a device that it has not)
  [/, id \d+, offset/g, ', id N, offset'],
  [/, cksum 0x[0-9a-f]+ \((?:correct|incorrect -> 0x[0-9a-f]+)\)/g, ''],
  [/\b(seq|ack) \d{4,}\b/g, '$1 N'],
  [/TS val \d+ ecr (\d+)/g, 'TS'],
  [/\b(?:icmp|ICMP) echo (request|reply), id \d+,/g, 'ICMP echo $1, id N,'],
  [/\[\d+\.\d+\]/g, '[T]'],
  [/\b(udp|tcp) port (3[2-9]|4\d|5\d|60)\d{3} unreachable/g, '$1 port P unreachable'],
  // tcpdump reads two bytes of an ICMP header as a port
  [/\b(protocol 1) port \d+ unreachable/g, '$1 port N unreachable'],
  // an ephemeral port that a rule has put into a set; seconds that an entry has left
  [/^(add \S+ \S+?,(?:tcp|udp)):(3[2-9]|4\d|5\d|60)\d{3}\b/gm, '$1:P'],
  [/^(add .*) timeout \d+/gm, '$1 timeout T'],
  // after 6.1: the state of a veth whose peer, in another namespace, has no carrier
  [/ state LOWERLAYERDOWN /g, ' state DOWN '],
  // a refused route leaves an empty table behind, in netsim none (docs/differences-from-linux.md)
  [/^Error: FIB table does not exist\.$/gm, 'RTNETLINK answers: No such process'],
  // words that came after 6.1
  [/^Error: ipv4: Address already assigned\.$/gm, 'RTNETLINK answers: File exists'],
  [/^Error: ipv4: Address not found\.$/gm, 'RTNETLINK answers: Cannot assign requested address'],
  [/^(\d{4}\/\d\d\/\d\d \S+ socat)\[\d+\]/gm, '$1[PID]'],
]

/** Lines of conntrack begin with a timeout that has run down by then: which state and flow they are is the rest. */
const TIMEOUT = /^((?:tcp {6}6|udp {6}17|icmp {5}1|unknown {2}\d+) )\d+ /gm

function simplify(text: string, script: string): string {
  let out = normalize(text, script)
  for (const [pattern, replacement] of RULES) out = out.replace(pattern, replacement)
  return out.replace(TIMEOUT, '$1T ')
}

/** A capture of all devices, device by device: which of two devices was first is not compared. */
function byDevice(text: string): string {
  const frames: string[] = []
  for (const line of text.split('\n')) {
    if (/^\s/.test(line) && frames.length > 0) frames[frames.length - 1] += `\n${line}`
    else if (line !== '') frames.push(line)
  }
  const key = (frame: string): string => frame.split(/\s+/)[1] ?? ''
  return frames.sort((x, y) => (key(x) < key(y) ? -1 : key(x) > key(y) ? 1 : 0)).join('\n')
}

/** Ephemeral ports may sort differently: after they are gone, sort once more what the script sorted. */
function sortedAgain(title: string, text: string): string {
  if (/ tcpdump$/.test(title)) return byDevice(text)
  return / \| sort$/.test(title) ? text.split('\n').sort().join('\n') : text
}

export function compare(script: string, linux: string, netsim: string): Difference | null {
  const a = sections(simplify(linux, script))
  const b = sections(simplify(netsim, script))
  for (const title of new Set([...a.keys(), ...b.keys()])) {
    const one = sortedAgain(title, a.get(title) ?? '(no such section)\n')
    const two = sortedAgain(title, b.get(title) ?? '(no such section)\n')
    if (one !== two) return { title, linux: one, netsim: two }
  }
  return null
}

/** Lines that only one side has, as diff(1) marks them. */
export function diffLines(d: Difference): string[] {
  const a = d.linux.split('\n')
  const b = d.netsim.split('\n')
  const left = new Map<string, number>()
  for (const line of b) left.set(line, (left.get(line) ?? 0) + 1)
  const out: string[] = []
  for (const line of a) {
    const n = left.get(line) ?? 0
    if (n > 0) left.set(line, n - 1)
    else out.push(`linux:  ${line}`)
  }
  for (const line of b) {
    const n = left.get(line) ?? 0
    if (n === 0) continue
    left.set(line, n - 1)
    out.push(`netsim: ${line}`)
  }
  if (out.length > 0) return out
  const i = a.findIndex((line, j) => line !== b[j])
  return ['the order of lines', `linux:  ${a[i]}`, `netsim: ${b[i]}`]
}

/** The tool that a difference is about, whichever step it was. */
function toolOf(d: Difference): string {
  const command = d.title
    .replace(/^== \d+ (?:n\d+:? )?/, '')
    .replace(/^(?:echo \S+ \| )?(?:ip (?:netns exec|-n) n\d+ )?/, '')
  return command.split(' ').find((w) => /^[a-z][a-z-]+$/.test(w) && w !== 'timeout') ?? command
}

/**
 * What shrinking keeps: the tool, and whether its lines complain that something is missing. A step less often makes both sides
 * complain, each in its own way (names of files), which is another difference.
 */
export function kindOf(d: Difference): string {
  const missing = diffLines(d).some((l) => /No such file or directory|no such section|Cannot open/.test(l))
  return `${toolOf(d)}${missing ? ' misses something' : ''}`
}

/** Many machines stumble over the same thing: tool and first words. */
export function wordingOf(d: Difference): string {
  const [line = ''] = diffLines(d)
  return `${toolOf(d)}: ${line.split(/\s+/).slice(0, 3).join(' ').replace(/\d+/g, 'N')}`
}
