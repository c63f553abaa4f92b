// lo: one per namespace, ifindex 1, made with it (drivers/net/loopback.c).
import { MAC_ZERO } from '../../lib/mac.ts'
import { IFF_LOOPBACK } from '../../uapi/link.ts'
import type { DeviceOps } from './ops.ts'

export const loopback: DeviceOps = Object.freeze({
  kind: 'loopback',
  namePattern: 'lo',
  flags: IFF_LOOPBACK,
  mtu: 65536,
  minMtu: 0,
  maxMtu: 0,
  txqlen: 1000,
  qdisc: 'noqueue',
  qdiscMultiqueue: 'noqueue',
  randomAddress: false,
  broadcast: MAC_ZERO,
  canSetAddress: true,
  canChangeCarrier: false,
  carrier: true,
  netnsLocal: true,
  canDelete: false,
} as const)
