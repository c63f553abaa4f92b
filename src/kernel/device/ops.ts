// What the creation and the settings of a device need to know of its kind; one record per kind, one file each.
// Read first: table.ts. What a kind does with frames is in xmit.ts. Reference: struct rtnl_link_ops, struct net_device_ops.
import type { LinkKind } from '../../uapi/link.ts'

export interface DeviceOps {
  readonly kind: LinkKind
  /** Name given by the kernel when none is asked for; %d becomes the first free number. */
  readonly namePattern: string
  /** IFF_… a new device has. */
  readonly flags: number
  readonly mtu: number
  readonly minMtu: number
  /** 0: no limit. */
  readonly maxMtu: number
  readonly txqlen: number
  /** Root qdisc of the first `up`: noqueue for devices with IFF_NO_QUEUE, else net.core.default_qdisc. */
  readonly qdisc: string
  /** The same with more than one transmit queue. */
  readonly qdiscMultiqueue: string
  /** Link-layer addresses: random at birth; the broadcast address. */
  readonly randomAddress: boolean
  readonly broadcast: number
  /** ndo_set_mac_address exists. */
  readonly canSetAddress: boolean
  /** ndo_change_carrier exists. */
  readonly canChangeCarrier: boolean
  /** Carrier when it is made; a veth has it while both ends are up. */
  readonly carrier: boolean
  /** NETIF_F_NETNS_LOCAL: stays in its namespace. */
  readonly netnsLocal: boolean
  /** rtnl_link_ops has dellink: `ip link del` works. */
  readonly canDelete: boolean
}
