// Names of tables, protocols, scopes, DS fields, groups and IP protocols: iproute2's built-in ones and those of the
// files in /etc/iproute2, which a user may extend. Leaves out realms.
import type { Sys } from '../../uapi/program.ts'
import { strtol } from './numbers.ts'

/** /etc/iproute2 as Debian ships it (rt_dsfield, rt_protos, rt_scopes, rt_tables, group). */
const IPROUTE2_FILES: Readonly<Record<NameTable, string>> = Object.freeze({
  rt_tables: '255\tlocal\n254\tmain\n253\tdefault\n0\tunspec\n',
  rt_protos: `0 unspec\n1 redirect\n2 kernel\n3 boot\n4 static\n8 gated\n9 ra\n10 mrt\n11 zebra\n12 bird\n13 dnrouted
14 xorp\n15 ntk\n16 dhcp\n18 keepalived\n42 babel\n99 openr\n186 bgp\n187 isis\n188 ospf\n189 rip\n192 eigrp\n`,
  rt_scopes: '0 global\n255 nowhere\n254 host\n253 link\n200 site\n',
  rt_dsfield: `0x0 default\n0x28 AF11\n0x30 AF12\n0x38 AF13\n0x48 AF21\n0x50 AF22\n0x58 AF23\n0x68 AF31\n0x70 AF32
0x78 AF33\n0x88 AF41\n0x90 AF42\n0x98 AF43\n0x20 CS1\n0x40 CS2\n0x60 CS3\n0x80 CS4\n0xA0 CS5\n0xC0 CS6\n0xE0 CS7\n0xB8 EF\n`,
  group: '0 default\n',
})

type NameTable = 'rt_tables' | 'rt_protos' | 'rt_scopes' | 'rt_dsfield' | 'group'

/** /etc/protocols as Debian has it, without aliases. */
const PROTOCOLS: readonly (readonly [number, string])[] = Object.freeze(
  `0:ip 1:icmp 2:igmp 3:ggp 4:ipencap 5:st 6:tcp 8:egp 9:igp 12:pup 17:udp 20:hmp 22:xns-idp 27:rdp 29:iso-tp4
33:dccp 36:xtp 37:ddp 38:idpr-cmtp 41:ipv6 43:ipv6-route 44:ipv6-frag 45:idrp 46:rsvp 47:gre 50:esp 51:ah
57:skip 58:ipv6-icmp 59:ipv6-nonxt 60:ipv6-opts 73:rspf 81:vmtp 88:eigrp 89:ospf 93:ax.25 94:ipip 97:etherip
98:encap 103:pim 108:ipcomp 112:vrrp 115:l2tp 124:isis 132:sctp 133:fc 135:mobility-header 136:udplite
137:mpls-in-ip 138:manet 139:hip 140:shim6 141:wesp 142:rohc 143:ethernet`
    .split(/\s+/)
    .map((entry) => {
      const [id, name] = entry.split(':') as [string, string]
      return Object.freeze([Number(id), name] as const)
    }),
)

interface Table {
  readonly byName: Map<string, number>
  readonly byId: Map<number, string>
}

function addLines(table: Table, text: string): void {
  for (const line of text.split('\n')) {
    const m = /^\s*(0x[0-9a-fA-F]+|\d+)\s+([^\s#]+)/.exec(line)
    if (m === null) continue
    const id = Number(m[1])
    table.byId.set(id, m[2]!)
    table.byName.set(m[2]!, id)
  }
}

function makeTable(name: NameTable, extra: string): Table {
  const t: Table = { byName: new Map(), byId: new Map() }
  addLines(t, IPROUTE2_FILES[name])
  if (extra !== '') addLines(t, extra)
  return t
}

/** Numbers to names and back; `numeric` is ip -N. */
export class Names {
  private readonly tables = new Map<NameTable, Table>()
  private readonly sys: Pick<Sys, 'readFile' | 'readDir'> | null
  numeric = false

  /** Without a process only the built-in names are known. */
  constructor(sys: Pick<Sys, 'readFile' | 'readDir'> | null) {
    this.sys = sys
  }

  /** What the user wrote: the file, then the *.conf files of its folder. */
  private files(name: NameTable): readonly string[] {
    if (this.sys === null) return []
    const path = `/etc/iproute2/${name}`
    const folder = name === 'rt_tables' || name === 'rt_protos' ? this.sys.readDir(`${path}.d`) : null
    const more = (folder?.ok ? folder.value : []).filter((f) => /^[^.].*\.conf$/.test(f)).map((f) => `${path}.d/${f}`)
    return [path, ...more].map((f) => {
      const file = this.sys!.readFile(f)
      return file.ok ? file.value : ''
    })
  }

  private table(name: NameTable): Table {
    let t = this.tables.get(name)
    if (t === undefined) {
      t = makeTable(name, this.files(name).join('\n'))
      this.tables.set(name, t)
    }
    return t
  }

  private name(table: NameTable, id: number): string {
    return this.numeric ? String(id) : (this.table(table).byId.get(id) ?? String(id))
  }

  private id(table: NameTable, text: string, base: 0 | 16, max: number): number | null {
    const known = this.table(table).byName.get(text)
    if (known !== undefined) return known
    const n = strtol(text, base)
    return n === null || n.rest !== '' || n.value < 0 || n.value > max ? null : n.value
  }

  tableName = (id: number): string => this.name('rt_tables', id)
  tableId = (text: string): number | null => this.id('rt_tables', text, 0, 0xffffffff)
  protoName = (id: number): string => this.name('rt_protos', id)
  protoId = (text: string): number | null => this.id('rt_protos', text, 0, 255)
  scopeName = (id: number): string => this.name('rt_scopes', id)
  scopeId = (text: string): number | null => this.id('rt_scopes', text, 0, 255)
  groupName = (id: number): string => this.name('group', id)
  groupId = (text: string): number | null => this.id('group', text, 0, 0x7fffffff)

  dsfieldName = (id: number): string => {
    const known = this.numeric ? undefined : this.table('rt_dsfield').byId.get(id)
    return known ?? `0x${id.toString(16).padStart(2, '0')}`
  }
  dsfieldId = (text: string): number | null => this.id('rt_dsfield', text, 16, 255)

  ipprotoName = (id: number): string => {
    const known = this.numeric ? undefined : PROTOCOLS.find(([n]) => n === id)
    return known?.[1] ?? `ipproto-${id}`
  }
  ipprotoId = (text: string): number | null => {
    const n = strtol(text, 10)
    if (n !== null && n.rest === '' && n.value >= 0 && n.value <= 255) return n.value
    if (text === 'hopopt' || text === 'HOPOPT') return 0
    return PROTOCOLS.find(([, name]) => name === text || name.toUpperCase() === text)?.[0] ?? null
  }
}
