// The socket calls (net/socket.c, net/ipv4/af_inet.c).

import type { Sockets } from '../../uapi/socket.ts'
import type { Kernel, KernelTimer } from '../kernel.ts'
export const TIMER_SOCKET = 20
export interface SocketLayer extends Sockets {}
export class SocketLayer {
  readonly kernel: Kernel
  constructor(kernel: Kernel) {
    this.kernel = kernel
  }
}
export function socketTimer(_kernel: Kernel, _timer: KernelTimer): void {}
