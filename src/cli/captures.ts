// --pcap DIR: one pcapng file per device, written when the run has ended.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Host } from '../host/host.ts'
import { PcapngWriter } from '../trace/pcapng.ts'
import type { TraceEvent } from '../uapi/trace.ts'
import type { Packet } from '../wire/packet.ts'

interface Seen {
  readonly name: string
  readonly frames: { readonly time: number; readonly pkt: Packet; readonly outgoing: boolean }[]
}

/** Collects frames as a capture on each device would see them. */
export class Captures {
  private readonly devices = new Map<string, Seen>()
  private readonly host: Host

  constructor(host: Host) {
    this.host = host
  }

  readonly hear = (event: TraceEvent): void => {
    if (event.kind !== 'receive' && event.kind !== 'xmit') return
    const key = `${event.netns} ${event.ifindex}`
    let seen = this.devices.get(key)
    if (seen === undefined) {
      seen = { name: this.host.deviceName(event.netns, event.ifindex), frames: [] }
      this.devices.set(key, seen)
    }
    // On lo a capture shows each packet once, on its way in.
    if (event.kind === 'xmit' && event.ifindex === 1) return
    seen.frames.push({ time: event.time, pkt: event.pkt, outgoing: event.kind === 'xmit' })
  }

  /** NETNS-DEV.pcapng for every device that saw a frame. */
  write(dir: string): readonly string[] {
    mkdirSync(dir, { recursive: true })
    const files: string[] = []
    for (const { name, frames } of this.devices.values()) {
      if (frames.length === 0) continue
      const writer = new PcapngWriter()
      const [, device] = /-(.*)$/.exec(name) ?? ['', name]
      const iface = writer.device(device ?? name)
      for (const f of frames)
        writer.frame({ device: iface, time: f.time, packet: f.pkt, direction: f.outgoing ? 'out' : 'in' })
      const file = join(dir, `${name.replaceAll('/', '_')}.pcapng`)
      writeFileSync(file, writer.bytes())
      files.push(file)
    }
    return files
  }
}
