// Laws of DNS messages (RFC 1035, 4; EDNS: RFC 6891): what is written reads back, and nothing crashes the reader.
import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import {
  decodeDns,
  encodeDns,
  encodeQuery,
  FLAG_QR,
  isResponse,
  TYPE_A,
  TYPE_CNAME,
} from '../../src/tools/lib/dns_message.ts'

const label = fc.stringMatching(/^[a-z0-9]{1,12}$/)
const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((l) => l.join('.'))

test.prop([fc.integer({ min: 0, max: 65535 }), name, fc.integer(), name])(
  'parse of print is the identity',
  (id, n, addr, alias) => {
    const query = decodeDns(encodeQuery(id, n, TYPE_A))!
    expect(query).toMatchObject({ id, name: n, type: TYPE_A, answers: [], edns: null })
    expect(isResponse(query)).toBe(false)
    const records = [
      { name: n, type: TYPE_CNAME, ttl: 0, address: 0, target: alias },
      { name: alias, type: TYPE_A, ttl: 60, address: addr, target: '' },
    ]
    const edns = { udp: 1232, dnssec: false, options: [{ code: 10, data: Uint8Array.from([id & 255, 7]) }] }
    const bytes = encodeDns({ ...query, flags: FLAG_QR, answers: records, edns })
    expect(decodeDns(bytes)).toEqual({ ...query, flags: FLAG_QR, answers: records, edns, size: bytes.length })
  },
)

test.prop([fc.uint8Array({ maxLength: 80 })])('random bytes never crash the decoder', (bytes) => {
  decodeDns(bytes)
})
