// -j CLASSIFY (extensions/libxt_CLASSIFY.c).
import type { TargetClassify } from '../../../uapi/xt_target.ts'
import type { Draft, Extension, OptionCall } from '../extension.ts'

const HELP = `CLASSIFY target options:
--set-class MAJOR:MINOR    Set skb->priority value (always hexadecimal!)
`

/** sscanf("%x:%x"): what follows the second number does not matter. */
const CLASS = /^\s*([+-]?)(?:0[xX])?([0-9a-fA-F]+):\s*([+-]?)(?:0[xX])?([0-9a-fA-F]+)/

function signed(sign: string, digits: string): number {
  const n = Number(BigInt.asUintN(32, BigInt(`0x${digits}`)))
  return sign === '-' ? -n : n
}

class ClassifyDraft implements Draft<TargetClassify> {
  private priority = 0

  parse(call: OptionCall): void {
    const m = CLASS.exec(call.arg)
    if (m === null) call.problem(`Bad class value "${call.arg}"`)
    this.priority = ((signed(m[1]!, m[2]!) << 16) | (signed(m[3]!, m[4]!) & 0xffff)) >>> 0
  }

  finish(): TargetClassify {
    return { name: 'CLASSIFY', priority: this.priority }
  }
}

function classText(priority: number, digits: number): string {
  const part = (n: number): string => n.toString(16).padStart(digits, '0')
  return `${part(priority >>> 16)}:${part(priority & 0xffff)}`
}

export const classifyTargetExtension: Extension<TargetClassify> = Object.freeze({
  name: 'CLASSIFY',
  options: Object.freeze([{ name: 'set-class', type: 'string', mand: true }] as const),
  help: HELP,
  begin: () => new ClassifyDraft(),
  print: ({ priority }) => `CLASSIFY set ${classText(priority, 1)}`,
  save: ({ priority }) => `--set-class ${classText(priority, 4)}`,
} satisfies Extension<TargetClassify>)
