import { expect, test } from 'vitest'
import { AddressError, commandWords, parseAddress } from '../../src/tools/socat/address.ts'

test('types in either case, parameters and options', () => {
  expect(parseAddress('TCP4-LISTEN:80,fork,reuseaddr,bind=10.0.0.1')).toMatchObject({
    kind: 'tcp-listen',
    params: ['80'],
    options: { fork: '', reuseaddr: '', bind: '10.0.0.1' },
  })
  expect(parseAddress('exec:cat')).toMatchObject({ kind: 'exec', params: ['cat'] })
  expect(parseAddress('-')).toMatchObject({ kind: 'stdio' })
  expect(parseAddress('/tmp/x')).toMatchObject({ kind: 'gopen', params: ['/tmp/x'] })
  expect(parseAddress('SYSTEM:echo a:b').params).toEqual(['echo a:b'])
  expect(parseAddress('SYSTEM:"echo a,b"').params).toEqual(['"echo a,b"'])
})

test('what is wrong is told in its words', () => {
  const error = (text: string): string => {
    try {
      parseAddress(text)
    } catch (e) {
      if (e instanceof AddressError) return e.text
    }
    return ''
  }
  expect(error('foo:1')).toBe('unknown device/address "foo"')
  expect(error('TCP:10.0.0.2')).toBe('TCP: wrong number of parameters (1 instead of 2)')
  expect(error('TCP4:a:1,bogus')).toBe('parseopts_table(): unknown option "bogus"')
  expect(error('OPENSSL:a:1')).toBe('socat: address OPENSSL is not modelled by netsim\n')
  expect(error('TCP:a:1,nofork')).toBe('socat: option nofork is not modelled by netsim\n')
})

test('words of a command', () => {
  expect(commandWords(`sh -c "a b" 'c d'`)).toEqual(['sh', '-c', 'a b', 'c d'])
})
