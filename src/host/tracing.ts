// Listening to a machine: a recorder between the kernel and the trace, which also notes the names of what it hears of.

import { iptRuleText } from '../tools/iptables/print.ts'
import { type Printers, plainPrinters } from '../trace/printers.ts'
import { Recorder } from '../trace/recorder.ts'
import { Trace } from '../trace/trace.ts'
import type { NetnsId } from '../uapi/request.ts'
import type { TraceEvent, TraceSink } from '../uapi/trace.ts'
import type { Machine } from './machine.ts'

export interface TraceOptions {
  /** Events kept at most (default 500,000); what is beyond is counted and said. */
  readonly limit?: number
  /** false keeps nothing: for listeners. */
  readonly keep?: boolean
  /** Which events give way at the limit: the 'newest' are left out (default), or the 'oldest'. */
  readonly drop?: 'newest' | 'oldest'
  readonly listener?: (event: TraceEvent) => void
}

export interface Tracing {
  /** Events so far. */
  readonly count: number
  stop(): Trace
}

/** Remembers names at the time of the event: devices and namespaces may be gone when the trace is read. */
class Names implements TraceSink {
  readonly netns = new Map<NetnsId, string>()
  readonly devices = new Map<NetnsId, Map<number, string>>()
  private readonly machine: Machine
  private readonly recorder: Recorder
  private readonly outer: TraceSink | null

  constructor(machine: Machine, hostname: string, recorder: Recorder, outer: TraceSink | null) {
    this.machine = machine
    this.recorder = recorder
    this.outer = outer
    this.netns.set(0, hostname)
  }

  emit(event: TraceEvent): void {
    const known = this.devices.get(event.netns)
    if (known === undefined || !known.has(event.ifindex)) this.note(event.netns)
    this.recorder.emit(event)
    if (this.outer !== null) this.outer.emit(event)
  }

  private note(id: NetnsId): void {
    const net = this.machine.kernel.nets.get(id)
    if (net === undefined) return
    let devices = this.devices.get(id)
    if (devices === undefined) {
      devices = new Map([[0, '']])
      this.devices.set(id, devices)
      for (const [name, named] of this.machine.kernel.netnsNames) if (named === id) this.netns.set(id, name)
    }
    for (const dev of net.devices.values()) devices.set(dev.ifindex, dev.name)
    for (const dev of net.devices.values())
      if (dev.peer !== null && !this.devices.has(dev.peer.net.id)) this.note(dev.peer.net.id)
  }
}

/** Begin to listen. Stopping hands back to whoever listened before. */
export function startTrace(machine: Machine, hostname: string, options: TraceOptions): Tracing {
  const { listener } = options
  const recorder = new Recorder({
    ...(options.keep === false ? { limit: 0 } : options.limit === undefined ? {} : { limit: options.limit }),
    keep: options.drop === 'oldest' ? 'last' : 'first',
    ...(listener === undefined ? {} : { listener: (e: TraceEvent) => machine.tell(() => listener(e)) }),
  })
  const outer = machine.kernel.tr
  const names = new Names(machine, hostname, recorder, outer)
  machine.kernel.tr = names
  return {
    get count() {
      return recorder.emitted
    },
    stop: () => {
      if (machine.kernel.tr === names) machine.kernel.tr = outer
      return new Trace(recorder.recording(), printersOf(names))
    },
  }
}

function printersOf(names: Names): Printers {
  return { ...plainPrinters({ netns: names.netns, devices: names.devices }), iptRule: iptRuleText }
}
