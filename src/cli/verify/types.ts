// What verify speaks of: a script's steps, what a machine answered after each, what its devices saw, and a difference.
// Read first: docs/verify.md. Plain data; the fuzzer uses the same.

/** Tables of a namespace that are looked at after a step, in the order in which they are compared. */
export const TABLES = Object.freeze([
  'link',
  'addr',
  'rule',
  'route',
  'sysctl',
  'ipset',
  'iptables',
  'qdisc',
  'fdb',
  'neigh',
  'conntrack',
] as const)
export type TableName = (typeof TABLES)[number]

/** A top-level command of a script, or several that cannot be told apart (PIPESTATUS, here-documents on one line). */
export interface Step {
  /** Counted from 1. */
  readonly number: number
  /** Line of the script on which it begins, from 1. */
  readonly line: number
  readonly text: string
  /** How many commands it holds. */
  readonly commands: number
  /** It can only print (echo, an assignment, a function's definition): its tables are looked at with the next step's. */
  readonly quiet: boolean
}

/** Tables of one namespace: the text of each tool, as it was printed. */
export type Tables = ReadonlyMap<TableName, string>

/** What is known after a step. */
export interface StepState {
  readonly number: number
  /** $?; of the last step the script's exit code. */
  readonly status: number
  /** When the step had come to rest: milliseconds since the script began. */
  readonly time: number
  /** When its tables had been looked at; the next step begins here. */
  readonly looked: number
  /** Both streams in the order of writing. */
  readonly output: string
  /** Namespace → its tables; '' is the first namespace. Null after a quiet step. */
  readonly netns: ReadonlyMap<string, Tables> | null
}

/** One packet as a capture of `-i any` holds it. */
export interface Frame {
  /** Milliseconds since the script began. */
  readonly time: number
  readonly outgoing: boolean
  /** EtherType. */
  readonly protocol: number
  /** Bytes on the wire, from the network header on. */
  readonly length: number
  /** From the network header on, the first SNAPLEN of them. */
  readonly bytes: Uint8Array
}

/** What a device saw. */
export interface Capture {
  /** '' for the first; a name that was used a second time is NAME#2. */
  readonly netns: string
  readonly ifindex: number
  readonly device: string
  readonly frames: readonly Frame[]
}

/** One run of a script on one side. */
export interface Observation {
  readonly side: 'Linux' | 'netsim'
  /** Kernel and version. */
  readonly kernel: string
  /** In order; a shell that ended early leaves the rest out. The last one's status is the script's exit code. */
  readonly steps: readonly StepState[]
  /** By "NETNS IFINDEX". */
  readonly captures: ReadonlyMap<string, Capture>
  /** What could not be looked at → why: a table whose tool is missing, 'captures', 'captures of NETNS'. */
  readonly missing: ReadonlyMap<string, string>
  /** Why the run did not come to its end; null when it did. */
  readonly failure: string | null
}

/** What differs. `linux` and `netsim` are lines in normal form. */
export type Difference = {
  /** Number of the step after which it shows. */
  readonly step: number
  readonly linux: readonly string[]
  readonly netsim: readonly string[]
} & (
  | { readonly kind: 'output' | 'status' | 'end' }
  | { readonly kind: 'namespaces' }
  | { readonly kind: 'table'; readonly netns: string; readonly table: TableName }
  | { readonly kind: 'capture'; readonly netns: string; readonly device: string; readonly ifindex: number }
)
