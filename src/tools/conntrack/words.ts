// The words of a command line: letters, long options, and what -u, -o, -e name (original_opts, parse_array of src/conntrack.c).
// Read first: parse.ts.
import { IPS_ASSURED, IPS_EXPECTED, IPS_FIXED_TIMEOUT, IPS_SEEN_REPLY } from '../../uapi/conntrack.ts'
import type { Command, OptionName } from './command.ts'
import type { LongOption } from './getopt.ts'

export const SHORT = 'LIUDGEFAhVs:d:r:q:p:t:u:e:a:z[:]:{:}:m:i:f:o:n::g::c:b:C::Sj::w:l:<:>::(:):'

const long = (name: string, arg: LongOption['arg'], opt: string): LongOption => Object.freeze({ name, arg, opt })

export const LONG: readonly LongOption[] = Object.freeze([
  ...'dump=L create=I add=A delete=D update=U get=G flush=F event=E counter=C src-nat=n dst-nat=g any-nat=j label-del=>'
    .split(' ')
    .map((w) => long(w.slice(0, w.indexOf('=')), 'optional', w.slice(w.indexOf('=') + 1))),
  ...'stats=S version=V help=h zero=z'.split(' ').map((w) => long(w.slice(0, -2), 'none', w.slice(-1))),
  ...(
    'orig-src=s src=s orig-dst=d dst=d reply-src=r reply-dst=q protonum=p timeout=t status=u event-mask=e tuple-src=[ ' +
    'tuple-dst=] mask-src={ mask-dst=} nat-range=a mark=m secmark=c id=i family=f output=o buffer-size=b zone=w label=l ' +
    'label-add=< orig-zone=( reply-zone=)'
  )
    .split(' ')
    .map((w) => long(w.slice(0, -2), 'required', w.slice(-1))),
])

export const COMMANDS: Readonly<Record<string, Command>> = Object.freeze({
  L: 'list',
  G: 'get',
  D: 'delete',
  F: 'flush',
  E: 'event',
  C: 'count',
  S: 'stats',
  V: 'version',
  h: 'help',
})
export const OF_EXPECTATIONS: Readonly<Record<string, Command>> = Object.freeze({
  L: 'exp-list',
  F: 'exp-flush',
  C: 'exp-count',
  S: 'exp-stats',
  V: 'version',
  h: 'help',
})

export const ADDRESSES: Readonly<
  Record<string, readonly [OptionName, 'origSrc' | 'origDst' | 'replSrc' | 'replDst', boolean]>
> = Object.freeze({
  s: ['src', 'origSrc', true],
  d: ['dst', 'origDst', true],
  r: ['reply-src', 'replSrc', false],
  q: ['reply-dst', 'replDst', false],
})
/** get_long_opt: the first long option of a letter, for messages. */
export const LONG_OF: Readonly<Record<string, string>> = Object.freeze({
  s: 'orig-src',
  d: 'orig-dst',
  r: 'reply-src',
  q: 'reply-dst',
})

export const STATUS: readonly (readonly [string, number])[] = Object.freeze([
  ['ASSURED', IPS_ASSURED],
  ['SEEN_REPLY', IPS_SEEN_REPLY],
  ['UNSET', 0],
  ['FIXED_TIMEOUT', IPS_FIXED_TIMEOUT],
  ['EXPECTED', IPS_EXPECTED],
  ['OFFLOAD', 0x4000],
  ['HW_OFFLOAD', 0x8000],
] as const)
export const OUTPUTS = Object.freeze([
  'xml',
  'extended',
  'timestamp',
  'id',
  'ktimestamp',
  'labels',
  'userspace',
  'save',
])
export const EVENTS = Object.freeze(['ALL', 'NEW', 'UPDATES', 'DESTROY'])
