// Which devices tcpdump can capture on (pcap_findalldevs) and how -i names one. Read first: open.ts.
// Leaves out the pseudo-devices of bluetooth, nflog, nfqueue and D-Bus.
import { IFF_LOOPBACK, IFF_UP, type Link, linkIsRunning } from '../../uapi/link.ts'
import type { Sys } from '../../uapi/program.ts'

interface Device {
  readonly name: string
  readonly link: Link | null
  /** libpcap's figure of merit: lower is better. */
  readonly merit: number
}

function merit(l: Link): number {
  const running = linkIsRunning(l)
  const disconnected = l.kind === 'veth' && !l.carrier
  return (
    (running ? 0 : 0x80000000) +
    ((l.flags & IFF_UP) !== 0 ? 0 : 0x40000000) +
    (disconnected ? 0x20000000 : 0) +
    ((l.flags & IFF_LOOPBACK) !== 0 ? 0x10000000 : 0)
  )
}

/** In libpcap's order: the best to capture on first. */
export function captureDevices(sys: Sys): readonly Device[] {
  const answer = sys.netlink.request(sys.netns, 'link.list', {})
  const links = answer.ok ? answer.value.map((i) => i.link) : []
  const real = links.map((link): Device => ({ name: link.name, link, merit: merit(link) }))
  const any: Device = { name: 'any', link: null, merit: 0x08000000 }
  return [...real, any].sort((a, b) => a.merit - b.merit)
}

function flagsText(l: Link): string {
  const words: string[] = []
  if ((l.flags & IFF_UP) !== 0) words.push('Up')
  if (linkIsRunning(l)) words.push('Running')
  if ((l.flags & IFF_LOOPBACK) !== 0) words.push('Loopback')
  const flags = words.join(', ') || 'none'
  return l.kind === 'veth' ? `${flags}, ${l.carrier ? 'Connected' : 'Disconnected'}` : flags
}

/** -D */
export function deviceList(sys: Sys): string {
  const line = (d: Device, i: number): string =>
    d.link === null
      ? `${i + 1}.any (Pseudo-device that captures on all interfaces) [Up, Running]\n`
      : `${i + 1}.${d.name} [${flagsText(d.link)}]\n`
  return captureDevices(sys).map(line).join('')
}
