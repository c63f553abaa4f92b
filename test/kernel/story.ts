// What a recording says about a ping and about dropped packets, for tests that hold the typed API and the trace against it.

import { sections } from '../../src/cli/verify/normalize.ts'
import type { Trace } from '../../src/trace/trace.ts'
import { readRecording } from './cases.ts'

export interface Pinged {
  readonly sent: number
  readonly received: number
  readonly exitCode: number
  /** Without the leading "ping: "; null when packets were sent. */
  readonly error: string | null
  readonly errors: readonly { readonly from: string; readonly seq: number; readonly message: string }[]
  readonly replies: readonly { readonly from: string; readonly seq: number; readonly ttl: number }[]
}

/** A section of a recording, without its title. */
export function recorded(name: string, title: string): string {
  const text = sections(readRecording(name)?.output ?? '').get(`== ${title}`)
  if (text === undefined) throw new Error(`${name} has no section "${title}"`)
  return text
}

/** The sections of a recording, title and text, in order. */
export function recordedSections(name: string): readonly (readonly [string, string])[] {
  const all = [...sections(readRecording(name)?.output ?? '')].filter(([title]) => title !== '')
  return all.map(([title, text]) => [title.replace(/^== /, ''), text])
}

/** What Linux answered to a line of a table. */
export function recordedLine(table: string, line: string): string {
  const found = recordedSections(`tables/${table}`).find(([title]) => title.replace(/^\d+ /, '') === line)
  if (found === undefined) throw new Error(`tables/${table} has no line "${line}"`)
  return found[1]
}

/** ping's output followed by "rc=N". */
export function pinged(text: string): Pinged {
  const counts = /^(\d+) packets transmitted, (\d+) received/m.exec(text)
  const lines = (pattern: RegExp): RegExpExecArray[] => [...text.matchAll(pattern)]
  return {
    sent: Number(counts?.[1] ?? 0),
    received: Number(counts?.[2] ?? 0),
    exitCode: Number(/^rc=(\d+)$/m.exec(text)?.[1]),
    error: /^ping: (.*)$/m.exec(text)?.[1] ?? null,
    errors: lines(/^From (\S+) icmp_seq=(\d+) (.*)$/gm).map((m) => ({
      from: m[1]!,
      seq: Number(m[2]),
      message: m[3]!,
    })),
    replies: lines(/^\d+ bytes from (\S+): icmp_seq=(\d+) ttl=(\d+) /gm).map((m) => ({
      from: m[1]!,
      seq: Number(m[2]),
      ttl: Number(m[3]),
    })),
  }
}

/** "function reason device" of the packets that Linux dropped in a section of scenarios/story-drops; "-" is sent here. */
export function droppedByLinux(title: string): readonly string[] {
  return recorded('scenarios/story-drops', title).trim().split('\n').sort()
}

/** The same of a trace. */
export function droppedIn(trace: Trace): readonly string[] {
  const lines = trace.drops.map((d) => {
    const at = trace.events.findLast((e) => e.kind === 'receive' && e.packet === d.packet)
    const device = at === undefined ? '-' : trace.printers.device(at.netns, at.ifindex)
    return `${d.fn} ${d.reason} ${device}`
  })
  return lines.sort()
}
