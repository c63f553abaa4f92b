// Names of ICMP types and codes (extensions/libxt_icmp.h), and --icmp-type's argument.
// Numbers: RFC 792, 950, 1122, 1256, 1812.
import type { OptionCall } from '../extension.ts'
import { strtoul } from '../number.ts'

export interface IcmpName {
  readonly name: string
  readonly type: number
  readonly min: number
  readonly max: number
}

/** "name type" for all codes, "name type code" for one; the order counts: aliases and codes follow their type. */
const LINES = `any 255
echo-reply 0
pong 0
destination-unreachable 3
network-unreachable 3 0
host-unreachable 3 1
protocol-unreachable 3 2
port-unreachable 3 3
fragmentation-needed 3 4
source-route-failed 3 5
network-unknown 3 6
host-unknown 3 7
network-prohibited 3 9
host-prohibited 3 10
TOS-network-unreachable 3 11
TOS-host-unreachable 3 12
communication-prohibited 3 13
host-precedence-violation 3 14
precedence-cutoff 3 15
source-quench 4
redirect 5
network-redirect 5 0
host-redirect 5 1
TOS-network-redirect 5 2
TOS-host-redirect 5 3
echo-request 8
ping 8
router-advertisement 9
router-solicitation 10
time-exceeded 11
ttl-exceeded 11
ttl-zero-during-transit 11 0
ttl-zero-during-reassembly 11 1
parameter-problem 12
ip-header-bad 12 0
required-option-missing 12 1
timestamp-request 13
timestamp-reply 14
address-mask-request 17
address-mask-reply 18`

const NAMES: readonly IcmpName[] = Object.freeze(
  LINES.split('\n').map((line) => {
    const [name = '', type, code] = line.split(' ')
    return Object.freeze({ name, type: Number(type), min: Number(code ?? 0), max: Number(code ?? 255) })
  }),
)

/** xt_print_icmp_types */
export function icmpTypeList(): string {
  let text = 'Valid ICMP Types:'
  NAMES.forEach((n, i) => {
    const last = NAMES[i - 1]
    if (last === undefined || last.type !== n.type) text += `\n${n.name}`
    else text += last.min === n.min && last.max === n.max ? ` (${n.name})` : `\n   ${n.name}`
  })
  return `${text}\n`
}

export function icmpTypeName(type: number, min: number, max: number): string | null {
  return NAMES.find((n) => n.type === type && n.min === min && n.max === max)?.name ?? null
}

/** "5" or "5:7", and what follows. */
function leadingRange(text: string): { readonly min: number; readonly max: number; readonly rest: string } | null {
  const first = strtoul(text)
  if (first === null || first.value > 255) return null
  if (first.rest[0] !== ':') return { min: first.value, max: first.value, rest: first.rest }
  const second = strtoul(first.rest.slice(1))
  return second === null || second.value > 255 ? null : { min: first.value, max: second.value, rest: second.rest }
}

/** ipt_parse_icmp: a name (its beginning is enough), or type[/code]. */
export function parseIcmpType(call: OptionCall): Omit<IcmpName, 'name'> {
  const { arg } = call
  const found = NAMES.filter((n) => n.name.toLowerCase().startsWith(arg.toLowerCase()))
  if (found.length > 1) call.problem(`Ambiguous ICMP type \`${arg}': \`${found[0]!.name}' or \`${found[1]!.name}'?`)
  if (found.length === 1) return found[0]!
  const type = leadingRange(arg) ?? call.problem(`Unknown ICMP type \`${arg}'`)
  let code = { min: 0, max: 255, rest: '' }
  if (type.rest[0] === '/') code = leadingRange(type.rest.slice(1)) ?? call.problem(`Unknown ICMP code \`${arg}'`)
  const garbage = type.rest[0] === '/' ? code.rest : type.rest
  if (garbage !== '') call.problem(`unknown character ${garbage[0]}`)
  if (type.min !== type.max) call.problem('ICMP type range not supported')
  return { type: type.min, min: code.min, max: code.max }
}
