// netsim's own promise (TLS is refused) and RFC 9112: a message reads the same however the stream is cut into pieces.
// What curl prints and asks is recorded: test/kernel/tables/curl.txt, scenarios/curl-*.sh.
import { expect, test } from 'vitest'
import { feed, newResponse, type Response } from '../../src/tools/curl/response.ts'
import { parseUrl } from '../../src/tools/curl/url.ts'
import { textOf, utf8 } from '../../src/tools/lib/bytes.ts'
import { recordedLine } from '../kernel/story.ts'

test('https is refused in the words that libcurl has for a protocol it does not speak', () => {
  const [, code, message] = /^curl: \((\d+)\) (.*)$/m.exec(recordedLine('curl', 'curl foo://x/'))!
  expect(parseUrl('https://a/')).toEqual({ code: Number(code), message: message!.replace('foo', 'https') })
})

test('a response that comes byte by byte reads as one that comes whole', () => {
  const text = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: 1\r\n\r\n3\r\nabc\r\n2;e=f\r\nde\r\n0\r\n\r\n'
  const read = (pieces: readonly string[]): { body: string; response: Response } => {
    const response = newResponse()
    const body = pieces.map((p) => textOf(feed(response, utf8(p), false))).join('')
    return { body, response }
  }
  expect(read([...text])).toEqual(read([text]))
  expect(read([text]).response.phase).toBe('done')
})
