// tcpdump's names of EtherTypes (ethertype_values), those one meets.
import { ETH_P_8021Q, ETH_P_ARP, ETH_P_IP, ETH_P_IPV6 } from '../ethernet.ts'

const ETHERTYPES: ReadonlyMap<number, string> = new Map([
  [ETH_P_IP, 'IPv4'],
  [ETH_P_8021Q, '802.1Q'],
  [0x88a8, '802.1Q-QinQ'],
  [ETH_P_IPV6, 'IPv6'],
  [ETH_P_ARP, 'ARP'],
  [0x8035, 'Reverse ARP'],
  [0x8847, 'MPLS unicast'],
  [0x8863, 'PPPoE D'],
  [0x8864, 'PPPoE S'],
  [0x88cc, 'LLDP'],
  [0x88e5, '802.1AE MACsec'],
  [0x9000, 'Loopback'],
])

/** Text of an EtherType, undefined when tcpdump does not know it. */
export function etherTypeName(type: number): string | undefined {
  return ETHERTYPES.get(type)
}
