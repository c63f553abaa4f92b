import { expect, test } from 'vitest'
import { ip4 } from '../../src/lib/ip4.ts'
import { type Row, renderTable, SS_HEADER } from '../../src/tools/ss/columns.ts'
import { FilterError, matches, parseFilter } from '../../src/tools/ss/filter.ts'
import type { SocketInfo } from '../../src/uapi/request.ts'

const socket: SocketInfo = {
  netid: 'tcp',
  state: 'ESTAB',
  recvQ: 0,
  sendQ: 0,
  local: ip4('10.0.0.1'),
  lport: 80,
  remote: ip4('10.0.0.2'),
  rport: 40000,
  ifindex: 3,
  uid: 0,
  inode: 1,
  processes: [],
}

function holds(...words: string[]): boolean {
  const f = parseFilter(words)
  return f === null || matches(f, socket, (i) => (i === 3 ? 'va' : ''))
}

test('comparisons, hosts, devices and their combinations', () => {
  expect(holds('sport', '=', ':80')).toBe(true)
  expect(holds('sport', '80')).toBe(true)
  expect(holds('sport', '=', ':http')).toBe(true)
  expect(holds('dport gt :40000')).toBe(false)
  expect(holds('dport >= :40000')).toBe(true)
  expect(holds('dst', '10.0.0.2:40000')).toBe(true)
  expect(holds('src 10.0.0.0/8 dst 10.0.0.3')).toBe(false)
  expect(holds('( sport = :22 or dport = :40000 ) and src 10.0.0.1')).toBe(true)
  expect(holds('not sport = :80')).toBe(false)
  expect(holds('!sport = :22')).toBe(true)
  expect(holds('dev = va')).toBe(true)
})

test('expressions that cannot be read', () => {
  const code = (...words: string[]): number => {
    try {
      parseFilter(words)
    } catch (e) {
      if (e instanceof FilterError) return e.code
    }
    return 0
  }
  expect(code('sport')).toBe(255)
  expect(code('( sport = :1')).toBe(255)
  expect(code('bogus')).toBe(1)
  expect(code('dst 1.2.3.4/99')).toBe(1)
})

test('the table is as wide as what it holds', () => {
  const row: Row = ['tcp', 'ESTAB', '0', '0', '10.0.0.1:', '80', '10.0.0.2:', '40000', '']
  expect(renderTable([SS_HEADER, row], [0])).toBe(
    'State Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n' +
      'ESTAB 0      0           10.0.0.1:80       10.0.0.2:40000       \n',
  )
})
