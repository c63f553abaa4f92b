// The kinds of devices: one line each. A new kind is a file, a line here, and its case in xmit.ts.
import type { LinkKind } from '../../uapi/link.ts'
import { dummy } from './dummy.ts'
import { ifb } from './ifb.ts'
import { loopback } from './loopback.ts'
import type { DeviceOps } from './ops.ts'
import { veth } from './veth.ts'

export const deviceOps: { readonly [K in LinkKind]: DeviceOps } = Object.freeze({ loopback, dummy, ifb, veth })
