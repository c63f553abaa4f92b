// `ipset help` and `ipset help TYPE` (default_help, ipset_port_usage of lib/ipset.c).
import { PROGRAM, VERSION } from './exit.ts'
import { ICMP_NAMES, ICMPV6_NAMES } from './icmp.ts'
import { type ArgName, OLD_ARGS, type TypeInfo } from './types.ts'

export const GENERAL_HELP = `${PROGRAM} v${VERSION}

Usage: ${PROGRAM} [options] COMMAND

Commands:
create SETNAME TYPENAME [type-specific-options]
        Create a new set
add SETNAME ENTRY
        Add entry to the named set
del SETNAME ENTRY
        Delete entry from the named set
test SETNAME ENTRY
        Test entry in the named set
destroy [SETNAME]
        Destroy a named set or all sets
list [SETNAME]
        List the entries of a named set or all sets
save [SETNAME]
        Save the named set or all sets to stdout
restore 
        Restore a saved state
flush [SETNAME]
        Flush a named set or all sets
rename FROM-SETNAME TO-SETNAME
        Rename two sets
swap FROM-SETNAME TO-SETNAME
        Swap the contect of two existing sets
help [TYPENAME]
        Print help, and settype specific help
version 
        Print version information
quit 
        Quit interactive mode

Options:
-o plain|save|xml
       Specify output mode for listing sets.
       Default value for "list" command is mode "plain"
       and for "save" command is mode "save".
-s 
        Print elements sorted (if supported by the set type).
-q 
        Suppress any notice or warning message.
-r 
        Try to resolve IP addresses in the output (slow!)
-! 
        Ignore errors when creating or adding sets or
        elements that do exist or when deleting elements
        that don't exist.
-n 
        When listing, just list setnames from the kernel.

-t 
        When listing, list setnames and set headers
        from kernel only.
-f 
        Read from the given file instead of standard
        input (restore) or write to given file instead
        of standard output (list/save).
`

const HASH_REVISIONS = 'bucketsize, initval support'
const OLDER: readonly string[] = Object.freeze([
  'skbinfo support',
  'forceadd support',
  'comment support',
  'counters support',
])

/** The revisions of a type, the latest first. */
function revisions(name: string, latest: number, words: readonly string[]): string {
  const tab = name.length < 12 ? '\t\t' : '\t'
  return words.map((w, i) => `    ${name}${tab}${latest - i}\t${w}\n`).join('')
}

const SCTP = 'SCTP and UDPLITE support'
const FIRST = 'Initial revision'
const BITMAP_WORDS: readonly string[] = Object.freeze(['skbinfo support', 'comment support', 'counters support', FIRST])
const NOMATCH = 'nomatch flag support'
const RANGE = 'Add/del range support'
const SHORT: readonly string[] = Object.freeze([
  HASH_REVISIONS,
  'skbinfo support',
  'forceadd support',
  'initial revision',
])

export const SUPPORTED_TYPES: string = [
  revisions('list:set', 3, BITMAP_WORDS),
  revisions('hash:mac', 1, [HASH_REVISIONS, FIRST]),
  revisions('hash:ip,mac', 1, [HASH_REVISIONS, FIRST]),
  revisions('hash:net,iface', 8, [
    HASH_REVISIONS,
    'skbinfo and wildcard support',
    ...OLDER,
    '/0 network support',
    NOMATCH,
    FIRST,
  ]),
  revisions('hash:net,port', 8, [HASH_REVISIONS, ...OLDER, NOMATCH, RANGE, SCTP]),
  revisions('hash:net,port,net', 3, SHORT),
  revisions('hash:net,net', 4, ['netmask and bitmask support', ...SHORT]),
  revisions('hash:net', 7, [HASH_REVISIONS, ...OLDER, NOMATCH, RANGE, FIRST]),
  revisions('hash:ip,port,net', 8, [HASH_REVISIONS, ...OLDER, NOMATCH, RANGE, SCTP]),
  revisions('hash:ip,port,ip', 6, [HASH_REVISIONS, ...OLDER, SCTP]),
  revisions('hash:ip,mark', 3, SHORT),
  revisions('hash:ip,port', 7, ['netmask and bitmask support', HASH_REVISIONS, ...OLDER, SCTP]),
  revisions('hash:ip', 6, ['bitmask support', HASH_REVISIONS, ...OLDER, FIRST]),
  revisions('bitmap:port', 3, BITMAP_WORDS),
  revisions('bitmap:ip,mac', 3, BITMAP_WORDS),
  revisions('bitmap:ip', 3, BITMAP_WORDS),
].join('')

const PORT_USAGE = `      [PROTO:]PORT is a valid pattern of the following:
           PORTNAME         TCP port name from /etc/services
           PORTNUMBER       TCP port number identifier
           tcp|sctp|udp|udplite:PORTNAME|PORTNUMBER
           icmp:CODENAME    supported ICMP codename
           icmp:TYPE/CODE   ICMP type/code value
           icmpv6:CODENAME  supported ICMPv6 codename
           icmpv6:TYPE/CODE ICMPv6 type/code value
           PROTO:0          all other protocols

           Supported ICMP codenames:
${ICMP_NAMES.map((n) => `               ${n}\n`).join('')}           Supported ICMPv6 codenames:
${ICMPV6_NAMES.map((n) => `               ${n}\n`).join('')}`

function argHelp(arg: ArgName, create: boolean): string {
  switch (arg) {
    case 'family':
      return '[family inet|inet6]|[-4|-6]'
    case 'netmask':
      return '[netmask CIDR]'
    case 'bitmask':
      return '[bitmask bitmask]'
    case 'comment':
      return create ? '[comment]' : '[comment "string"]'
    case 'counters':
    case 'forceadd':
    case 'skbinfo':
    case 'nomatch':
      return `[${arg}]`
    case 'before':
      return '[before|after NAME]'
    case '-4':
    case '-6':
    case 'after':
    case 'range':
      return ''
    default:
      return OLD_ARGS.includes(arg) ? '' : `[${arg} VALUE]`
  }
}

function argLines(args: readonly ArgName[], create: boolean): string {
  return args
    .map((a) => argHelp(a, create))
    .filter((t) => t !== '')
    .map((t) => `               ${t}\n`)
    .join('')
}

/** The help knows what later kernels take, too. */
function createArgs(type: TypeInfo): readonly ArgName[] {
  const later = Object.keys(type.later) as ArgName[]
  if (type.name !== 'hash:ip') {
    const order: readonly ArgName[] = type.name === 'hash:net,net' ? ['bitmask', 'netmask'] : ['netmask', 'bitmask']
    return later.length === 0 ? type.create : [...type.create, ...order]
  }
  return type.create.flatMap((a): ArgName[] => (a === 'netmask' ? [a, 'bitmask'] : [a]))
}

const FAMILY_LINES: Readonly<Record<TypeInfo['family'], string>> = Object.freeze({
  neutral: 'is family neutral.',
  both: 'supports inet and inet6.',
  inet: 'supports family inet only.',
})

export function typeHelp(type: TypeInfo): string {
  const { name } = type
  return (
    `\n${name} type specific options:\n\ncreate SETNAME ${name} ${type.createHelp}\n${argLines(createArgs(type), true)}` +
    `add    SETNAME ${name} ${type.addHelp}\n${argLines(type.add, false)}` +
    `del    SETNAME ${name} ${type.addHelp}\n${argLines(type.del, false)}` +
    `test   SETNAME ${name} ${type.testHelp}\n${argLines(type.test, false)}` +
    `\n${type.usage}${type.portUsage ? `${PORT_USAGE}` : ''}\nType ${name} ${FAMILY_LINES[type.family]}\n`
  )
}
