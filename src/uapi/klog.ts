// The kernel's log: what dmesg prints. Written by LOG, by x_tables' refusals, by conntrack's "table full".

export interface KernelLogEntry {
  /** Virtual ns since boot. */
  readonly time: number
  /** 0 emerg … 7 debug */
  readonly level: number
  readonly text: string
}
