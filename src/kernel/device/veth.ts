// veth: two devices, each the other's wire; either end may live in any namespace (drivers/net/veth.c).
import { MAC_BROADCAST } from '../../lib/mac.ts'
import { IFF_BROADCAST, IFF_MULTICAST } from '../../uapi/link.ts'
import type { DeviceOps } from './ops.ts'

export const veth: DeviceOps = Object.freeze({
  kind: 'veth',
  namePattern: 'veth%d',
  flags: IFF_BROADCAST | IFF_MULTICAST,
  mtu: 1500,
  minMtu: 68,
  maxMtu: 65535,
  txqlen: 1000,
  qdisc: 'noqueue',
  qdiscMultiqueue: 'noqueue',
  randomAddress: true,
  broadcast: MAC_BROADCAST,
  canSetAddress: true,
  canChangeCarrier: false,
  carrier: false,
  netnsLocal: false,
  canDelete: true,
} as const)
