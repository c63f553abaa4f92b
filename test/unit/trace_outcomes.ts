// The four outcomes of a first ping, as hand-made events: no route, a silent gateway, an answer that gets lost, success.
import { ip4 } from '../../src/lib/ip4.ts'
import { NUD_INCOMPLETE, NUD_NONE, NUD_REACHABLE } from '../../src/uapi/neigh.ts'
import { arpReply, arpRequest, echo, GW, HOST, icmpError, lookup, MAC2, NS1, route, Script } from './trace_fixture.ts'

const SRC = '172.20.1.10'
const DST = '192.168.6.160'
const GATE = '169.254.10.24'
const request = echo(SRC, DST, 8)
const reply = echo(DST, SRC, 0)
const viaGate = route('0.0.0.0', 0, GATE, 2)
const ms = 1_000_000

function local(s: Script, time: number, packet: number, netns: number, dst: string): Script {
  return s.add('route', [time, packet, netns, 1, 'ip_route_input_slow'], {
    direction: 'input',
    dst: ip4(dst),
    src: 0,
    route: route(dst, 32, '', 2, 255),
    nexthop: null,
    rule: lookup(0, 255),
    result: 'local',
    prefsrc: 0,
  })
}

function sent(s: Script, time = 0): Script {
  s.add('origin', [time, 1, NS1, 2, '__ip_local_out'], { pkt: request, cause: 0, why: 'socket' })
  return s.unicast(time, 1, NS1, DST, viaGate)
}

/** No route at all: the socket call fails and no packet is made. */
export function noRoute(): Script {
  return new Script().add('error', [0, 0, NS1, 0, 'ip_route_output_key_hash'], { errno: 'ENETUNREACH', dst: ip4(DST) })
}

/** The gateway never answers ARP: three questions, then host unreachable to ourselves. */
export function silentGateway(): Script {
  const s = sent(new Script())
  const neigh = { dst: ip4(GATE), lladdr: null } as const
  s.add('neigh', [0, 1, NS1, 2, '__neigh_event_send'], {
    ...neigh,
    before: NUD_NONE,
    state: NUD_INCOMPLETE,
    action: 'queued',
  })
  for (let i = 0; i < 3; i++) {
    const t = i * 1000 * ms
    const ask = arpRequest(SRC, GATE)
    s.add('origin', [t, 2 + i, NS1, 2, 'arp_create'], { pkt: ask, cause: 1, why: 'arp-request' })
    s.add('arp', [t, 2 + i, NS1, 2, 'arp_solicit'], {
      action: 'solicited',
      reason: `broadcast probe ${i + 1} of 3`,
      target: ip4(GATE),
    })
    s.xmit(t, 2 + i, NS1, 2, ask, [HOST, 3]).receive(t + 5000, 2 + i, HOST, 3, ask)
    s.add('arp', [t + 5000, 2 + i, HOST, 3, 'arp_process'], {
      action: 'ignored',
      reason: `${GATE} is not an address of this machine, and forwarding is 0 on veth1`,
      target: ip4(GATE),
    })
  }
  const end = 3000 * ms
  const error = icmpError(SRC, SRC, 1)
  s.add('neigh', [end, 1, NS1, 2, 'neigh_timer_handler'], {
    ...neigh,
    before: NUD_INCOMPLETE,
    state: 32,
    action: 'failed',
  })
  s.add('origin', [end, 5, NS1, 1, '__ip_local_out'], { pkt: error, cause: 1, why: 'icmp-error' })
  s.xmit(end, 5, NS1, 1, error, [NS1, 1])
  s.add('drop', [end, 1, NS1, 2, 'neigh_invalidate'], {
    reason: 'NEIGH_FAILED',
    pkt: request,
    detail: { kind: 'neigh', dst: ip4(GATE) },
  })
  s.receive(end + 5000, 5, NS1, 1, error)
  s.add('deliver', [end + 5000, 5, NS1, 1, 'ping_rcv'], { protocol: 'ping', pkt: error, socket: 9, owner: 'ping' })
  return s
}

/** The request arrives and is answered; the answer takes the host's default route to gw, which drops it. */
export function answerLost(): Script {
  const s = arrived(new Script())
  const out = route('0.0.0.0', 0, '192.168.6.1', 2)
  s.add('origin', [10 * ms, 3, HOST, 2, '__ip_local_out'], { pkt: reply, cause: 1, why: 'echo-reply' })
  s.unicast(10 * ms, 3, HOST, SRC, out)
    .xmit(10 * ms, 3, HOST, 2, reply, [GW, 2])
    .receive(10 * ms + 5000, 3, GW, 2, reply)
  return s.add('drop', [10 * ms + 5000, 3, GW, 2, 'ip_error'], {
    reason: 'IP_INNOROUTES',
    pkt: reply,
    detail: { kind: 'text', note: 'no table that the rules lead to has a route' },
  })
}

function arrived(s: Script): Script {
  sent(s)
  s.add('neigh', [0, 1, NS1, 2, 'neigh_hh_output'], {
    dst: ip4(GATE),
    before: NUD_REACHABLE,
    state: NUD_REACHABLE,
    lladdr: MAC2,
    action: 'used',
  })
  s.xmit(0, 1, NS1, 2, request, [HOST, 3]).receive(5000, 1, HOST, 3, request)
  local(s, 5000, 1, HOST, DST)
  return s.add('deliver', [5000, 1, HOST, 3, 'icmp_rcv'], { protocol: 'icmp', pkt: request, socket: 0, owner: '' })
}

/** Proxied ARP with its delay, the request, the reply home. */
export function success(): Script {
  const s = sent(new Script())
  const ask = arpRequest(SRC, GATE)
  const told = arpReply(GATE, SRC)
  const neigh = { dst: ip4(GATE) } as const
  s.add('neigh', [0, 1, NS1, 2, '__neigh_event_send'], {
    ...neigh,
    lladdr: null,
    before: 0,
    state: 1,
    action: 'queued',
  })
  s.add('origin', [0, 2, NS1, 2, 'arp_create'], { pkt: ask, cause: 1, why: 'arp-request' })
  s.xmit(0, 2, NS1, 2, ask, [HOST, 3]).receive(5000, 2, HOST, 3, ask)
  const grant = `proxy_arp is 1 on veth1 and the route to ${GATE} leaves by ens3`
  s.add('arp', [5000, 2, HOST, 3, 'pneigh_enqueue'], {
    action: 'proxy-delayed',
    reason: `${grant}; the answer waits 300 ms`,
    target: ip4(GATE),
  })
  s.add('arp', [300 * ms, 2, HOST, 3, 'arp_process'], { action: 'proxied', reason: grant, target: ip4(GATE) })
  s.add('origin', [300 * ms, 3, HOST, 3, 'arp_create'], { pkt: told, cause: 2, why: 'arp-reply' })
  s.xmit(300 * ms, 3, HOST, 3, told, [NS1, 2]).receive(300 * ms + 5000, 3, NS1, 2, told)
  s.add('neigh', [300 * ms + 5000, 1, NS1, 2, 'neigh_hh_output'], {
    ...neigh,
    before: 2,
    state: 2,
    lladdr: MAC2,
    action: 'used',
  })
  s.xmit(300 * ms + 5000, 1, NS1, 2, request, [HOST, 3])
  s.add('arp', [300 * ms + 5000, 3, NS1, 2, 'arp_process'], {
    action: 'learned',
    reason: `reply about ${GATE}`,
    target: ip4(SRC),
  })
  s.receive(301 * ms, 1, HOST, 3, request)
  local(s, 301 * ms, 1, HOST, DST)
  s.add('deliver', [301 * ms, 1, HOST, 3, 'icmp_rcv'], { protocol: 'icmp', pkt: request, socket: 0, owner: '' })
  s.add('origin', [301 * ms, 4, HOST, 3, '__ip_local_out'], { pkt: reply, cause: 1, why: 'echo-reply' })
  s.unicast(301 * ms, 4, HOST, SRC, route(SRC, 32, '', 3)).xmit(301 * ms, 4, HOST, 3, reply, [NS1, 2])
  s.receive(302 * ms, 4, NS1, 2, reply)
  local(s, 302 * ms, 4, NS1, SRC)
  return s.add('deliver', [302 * ms, 4, NS1, 2, 'ping_rcv'], { protocol: 'ping', pkt: reply, socket: 9, owner: 'ping' })
}
