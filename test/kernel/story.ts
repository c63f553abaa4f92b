// What a recording says about a ping, for tests that hold the typed API and the trace against it.
import { readRecording } from './cases.ts'
import { sections } from './normalize.ts'

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
