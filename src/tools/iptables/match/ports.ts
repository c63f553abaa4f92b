// Port ranges of -m tcp, udp (and others that ask for ports) as they are printed and saved.
// Read first: extensions/libxt_tcp.c, print_ports. A range that is null is not asked for.
import type { Range } from '../../../uapi/xt.ts'
import { type ServiceProtocol, serviceName } from '../../lib/netdb.ts'
import type { PrintOptions } from '../extension.ts'

export const PORT_MAX = 0xffff

/** Null for all ports: they are not asked for. */
export function portRange(min: number, max: number, invert: boolean): Range | null {
  return min === 0 && max === PORT_MAX && !invert ? null : { min, max, invert }
}

export function portText(port: number, proto: string, { numeric }: PrintOptions): string {
  const known: ServiceProtocol | null = proto === 'tcp' || proto === 'udp' ? proto : null
  return (numeric || known === null ? null : serviceName(port, known)) ?? String(port)
}

/** " spt:80", " dpts:!80:90", '' for null. */
export function printPorts(label: string, r: Range | null, proto: string, o: PrintOptions): string {
  if (r === null) return ''
  const sign = r.invert ? '!' : ''
  const min = portText(r.min, proto, o)
  return r.min === r.max ? `${label}:${sign}${min}` : `${label}s:${sign}${min}:${portText(r.max, proto, o)}`
}

/** "--sport 80", "! --dport 80:90". All ports are not written, inverted or not. */
export function savePorts(option: string, r: Range | null): string {
  if (r === null || (r.min === 0 && r.max === PORT_MAX)) return ''
  return `${r.invert ? '! ' : ''}--${option} ${r.min === r.max ? r.min : `${r.min}:${r.max}`}`
}
