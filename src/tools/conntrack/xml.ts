// A connection as XML (conntrack/snprintf_xml.c of libnetfilter_conntrack). Read first: print.ts.
import { formatIp4 } from '../../lib/ip4.ts'
import { type CtEventKind, type CtInfo, type CtTuple, IPS_ASSURED, IPS_SEEN_REPLY } from '../../uapi/conntrack.ts'
import { commonZone, hasPorts, protocolName } from './print.ts'

export const XML_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n<conntrack>\n'
export const XML_END = '</conntrack>\n'

function direction(name: string, t: CtTuple, zone: number, packets: number | null, bytes: number): string {
  const ports = hasPorts(t.protocol) ? `<sport>${t.sport}</sport><dport>${t.dport}</dport>` : ''
  return (
    `<meta direction="${name}"><layer3 protonum="2" protoname="ipv4"><src>${formatIp4(t.src)}</src>` +
    `<dst>${formatIp4(t.dst)}</dst></layer3><layer4 protonum="${t.protocol}" protoname="${protocolName(t.protocol)}">` +
    `${ports}</layer4>${zone === 0 ? '' : `<zone>${zone}</zone>`}` +
    `${packets === null ? '' : `<counters><packets>${packets}</packets><bytes>${bytes}</bytes></counters>`}</meta>`
  )
}

export function xml(c: CtInfo, event: CtEventKind | null, use: number | null): string {
  const n = c.counters
  const zone = commonZone(c)
  const apart = c.zoneOrig !== c.zoneReply
  const alone = [
    c.tcpState === null ? '' : `<state>${c.tcpState}</state>`,
    c.timeout === null ? '' : `<timeout>${c.timeout}</timeout>`,
    event === null || c.mark !== 0 ? `<mark>${c.mark >>> 0}</mark>` : '',
    zone === 0 ? '' : `<zone>${zone}</zone>`,
    use === null ? '' : `<use>${use}</use>`,
    `<id>${c.id}</id>`,
    (c.status & IPS_ASSURED) !== 0 ? '<assured/>' : '',
    (c.status & IPS_SEEN_REPLY) === 0 ? '<unreplied/>' : '',
  ].join('')
  return (
    `<flow${event === null ? '' : ` type="${event}"`}>` +
    direction('original', c.orig, apart ? c.zoneOrig : 0, n === null ? null : n.origPackets, n?.origBytes ?? 0) +
    direction('reply', c.reply, apart ? c.zoneReply : 0, n === null ? null : n.replyPackets, n?.replyBytes ?? 0) +
    `<meta direction="independent">${alone}</meta></flow>`
  )
}
