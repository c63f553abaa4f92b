import { expect, test } from 'vitest'
import { ip4 } from '../../src/lib/ip4.ts'
import { inetAton, serviceName, servicePort } from '../../src/tools/lib/netdb.ts'
import { checkedNumber, formatG, leadingDouble } from '../../src/tools/lib/number.ts'
import { icmpBytes, internetChecksum } from '../../src/tools/lib/sock.ts'
import { formatRtt } from '../../src/tools/ping/receive.ts'

test('the rtt keeps three digits or more, as iputils rounds it', () => {
  const table: [number, string][] = [
    [0, '0.000'],
    [20, '0.020'],
    [999, '0.999'],
    [1000, '1.00'],
    [1234, '1.23'],
    [9994, '9.99'],
    [9995, '10.0'],
    [12345, '12.3'],
    [99949, '99.9'],
    [99950, '100'],
    [1030499, '1030'],
  ]
  for (const [us, text] of table) expect(formatRtt(us)).toBe(text)
})

test('packet loss is printed with %g', () => {
  const loss = (a: number, b: number): string => formatG(Math.fround((a * 100) / b))
  expect([loss(1, 3), loss(0, 5), loss(5, 5), loss(2, 3)]).toEqual(['33.3333', '0', '100', '66.6667'])
})

test("iputils' number errors", () => {
  expect(checkedNumber('x', 1, 5)).toBe("invalid argument: 'x'")
  expect(checkedNumber('0', 1, 5)).toBe("invalid argument: '0': out of range: 1 <= value <= 5")
  expect(checkedNumber('99999999999999999999', 1, 5)).toBe(
    "invalid argument: '99999999999999999999': Numerical result out of range",
  )
  expect(checkedNumber(' 4', 1, 5)).toBe(4)
})

test('strtod takes what it can', () => {
  expect(leadingDouble('0.5x')).toEqual({ value: 0.5, rest: 'x' })
  expect(leadingDouble('x')).toEqual({ value: 0, rest: 'x' })
  expect(Number.isNaN(leadingDouble('nan').value)).toBe(true)
})

test('inet_aton: one to four parts', () => {
  expect(inetAton('10.2')).toBe(ip4('10.0.0.2'))
  expect(inetAton('127.1')).toBe(ip4('127.0.0.1'))
  expect(inetAton('0')).toBe(0)
  expect(inetAton('0x7f.1')).toBe(ip4('127.0.0.1'))
  expect(inetAton('010.0.0.1')).toBe(ip4('8.0.0.1'))
  expect(inetAton('255.255.255.255')).toBe(-1)
  for (const bad of ['', '1.2.3.4.5', '256.1.1.1', '1.2.3.256', 'a', '1..2', '08.1']) expect(inetAton(bad)).toBeNull()
})

test('services by name and number', () => {
  expect(serviceName(80, 'tcp')).toBe('http')
  expect(serviceName(80, 'udp')).toBeNull()
  expect(servicePort('domain', 'udp')).toBe(53)
  expect(servicePort('www', 'tcp')).toBe(80)
})

test('an echo request sums to zero', () => {
  expect(internetChecksum(icmpBytes(8, 0, 0x1234, 7, Uint8Array.of(1, 2, 3)))).toBe(0)
})
