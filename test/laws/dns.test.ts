import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import { decodeDns, encodeQuery, encodeResponse, TYPE_A, TYPE_CNAME } from '../../src/tools/lib/dns_message.ts'

const label = fc.stringMatching(/^[a-z0-9]{1,12}$/)
const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((l) => l.join('.'))

test.prop([fc.integer({ min: 0, max: 65535 }), name, fc.integer(), name])(
  'parse of print is the identity',
  (id, n, addr, alias) => {
    const query = decodeDns(encodeQuery(id, n, TYPE_A))!
    expect(query).toMatchObject({ id, response: false, name: n, type: TYPE_A, answers: [] })
    const records = [
      { name: n, type: TYPE_CNAME, ttl: 0, address: 0, target: alias },
      { name: alias, type: TYPE_A, ttl: 60, address: addr, target: '' },
    ]
    expect(decodeDns(encodeResponse(query, 0, true, records))?.answers).toEqual(records)
  },
)

test.prop([fc.uint8Array({ maxLength: 80 })])('random bytes never crash the decoder', (bytes) => {
  decodeDns(bytes)
})
