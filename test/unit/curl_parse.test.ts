import { expect, test } from 'vitest'
import { progressLine } from '../../src/tools/curl/progress.ts'
import { endOfStream, feed, header, newResponse } from '../../src/tools/curl/response.ts'
import { isUrlError, joinUrl, parseUrl, type Url } from '../../src/tools/curl/url.ts'
import { textOf, utf8 } from '../../src/tools/lib/bytes.ts'

function url(text: string): Url {
  const u = parseUrl(text)
  if (isUrlError(u)) throw new TypeError(u.message)
  return u
}

test('URLs: the scheme is guessed, the fragment dropped', () => {
  expect(url('10.0.0.2')).toMatchObject({ host: '10.0.0.2', port: 80, target: '/', text: 'http://10.0.0.2/' })
  expect(url('http://a:8080/x?y=1#z')).toMatchObject({ host: 'a', port: 8080, target: '/x?y=1' })
  expect(url('http://a/b/../c/./d').target).toBe('/c/d')
  expect(url('http://u:p@a/').user).toBe('u:p')
})

test('URLs that are none', () => {
  for (const bad of ['http://', 'http://a:99999/', 'http://a:b/', 'http://a /'])
    expect(parseUrl(bad)).toMatchObject({ code: 3 })
  expect(parseUrl('https://a/')).toEqual({ code: 1, message: 'Protocol "https" not supported or disabled in libcurl' })
})

test('where a Location leads', () => {
  const base = url('http://a:8080/x/y?q')
  expect(joinUrl(base, '/z')).toBe('http://a:8080/z')
  expect(joinUrl(base, 'z')).toBe('http://a:8080/x/z')
  expect(joinUrl(base, 'http://b/')).toBe('http://b/')
})

test('a response that comes byte by byte reads as one that comes whole', () => {
  const text = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: 1\r\n\r\n3\r\nabc\r\n2;e=f\r\nde\r\n0\r\n\r\n'
  const r = newResponse()
  let body = ''
  for (const c of text) body += textOf(feed(r, utf8(c), false))
  expect(body).toBe('abcde')
  expect(r.phase).toBe('done')
  expect(header(r, 'x')).toBe('1')
  expect(r.keepAlive).toBe(true)
})

test('streams that end too early', () => {
  const ended = (text: string): unknown => {
    const r = newResponse()
    feed(r, utf8(text), false)
    return endOfStream(r)
  }
  expect(ended('')).toMatchObject({ code: 52 })
  expect(ended('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc')).toEqual({
    code: 18,
    message: 'transfer closed with 7 bytes remaining to read',
  })
  expect(ended('HTTP/1.0 200 OK\r\n\r\nabc')).toBeNull()
})

test("the meter's line as curl writes it", () => {
  const p = { elapsed: 9_661_000, received: 6, expected: 6, sent: 0, toSend: 0 }
  expect(progressLine(p, false)).toBe(
    '\r100     6  100     6    0     0    621      0 --:--:-- --:--:-- --:--:--   621',
  )
  expect(progressLine({ ...p, elapsed: 0, received: 0, expected: -1 }, false)).toBe(
    '\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0',
  )
})
