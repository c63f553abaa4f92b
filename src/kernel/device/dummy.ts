// dummy: a device that swallows what it is given (drivers/net/dummy.c).
import { MAC_BROADCAST } from '../../lib/mac.ts'
import { IFF_BROADCAST, IFF_NOARP } from '../../uapi/link.ts'
import type { DeviceOps } from './ops.ts'

export const dummy: DeviceOps = Object.freeze({
  kind: 'dummy',
  namePattern: 'dummy%d',
  flags: IFF_BROADCAST | IFF_NOARP,
  mtu: 1500,
  minMtu: 0,
  maxMtu: 0,
  txqlen: 1000,
  qdisc: 'noqueue',
  qdiscMultiqueue: 'noqueue',
  randomAddress: true,
  broadcast: MAC_BROADCAST,
  canSetAddress: true,
  canChangeCarrier: true,
  carrier: true,
  netnsLocal: false,
  canDelete: true,
} as const)
