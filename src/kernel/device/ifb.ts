// ifb: the device that traffic is redirected through for ingress shaping; bare, it drops (drivers/net/ifb.c).
// Leaves out act_mirred's redirection, which comes with tc.
import { MAC_BROADCAST } from '../../lib/mac.ts'
import { IFF_BROADCAST, IFF_NOARP } from '../../uapi/link.ts'
import type { DeviceOps } from './ops.ts'

export const ifb: DeviceOps = Object.freeze({
  kind: 'ifb',
  namePattern: 'ifb%d',
  flags: IFF_BROADCAST | IFF_NOARP,
  mtu: 1500,
  minMtu: 0,
  maxMtu: 0,
  txqlen: 32,
  qdisc: 'pfifo_fast',
  qdiscMultiqueue: 'mq',
  randomAddress: true,
  broadcast: MAC_BROADCAST,
  canSetAddress: false,
  canChangeCarrier: false,
  carrier: true,
  netnsLocal: false,
  canDelete: true,
} as const)
