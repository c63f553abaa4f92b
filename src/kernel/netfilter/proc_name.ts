// Names that become files below /proc/net (xt_check_proc_name, net/netfilter/x_tables.c).
import type { Errno } from '../../lib/errno.ts'

/** Null: it may be one; `size` is that of the kernel's field, with the closing NUL. */
export function xt_check_proc_name(name: string, size: number): Errno | null {
  if (name === '') return 'EINVAL'
  if (name.length >= size) return 'ENAMETOOLONG'
  return name === '.' || name === '..' || name.includes('/') ? 'EINVAL' : null
}
