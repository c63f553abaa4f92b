// netsim's own promise: what socat's addresses are refused by name. How an address is read is recorded:
// test/kernel/tables/socat*.txt, scenarios/socat-*.sh.
import { expect, test } from 'vitest'
import { AddressError, parseAddress } from '../../src/tools/socat/address.ts'

test.each([
  ['OPENSSL:a:1', 'socat: address OPENSSL is not modelled by netsim\n'],
  ['TCP:a:1,nofork', 'socat: option nofork is not modelled by netsim\n'],
  ['TCP:a:1!!STDIO', 'socat: a dual address (!!) is not modelled by netsim\n'],
])('%s', (text, words) => {
  let error: unknown = null
  try {
    parseAddress(text)
  } catch (e) {
    error = e
  }
  expect(error).toBeInstanceOf(AddressError)
  expect(error).toMatchObject({ text: words, plain: true })
})
