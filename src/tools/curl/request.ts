// The bytes of curl's request: its header order (Host, Authorization, User-Agent, Accept, own ones, Content-…).
import { utf8 } from '../lib/bytes.ts'
import type { CurlState } from './state.ts'

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

function base64(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const n = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    text += BASE64[n >>> 18]! + BASE64[(n >>> 12) & 63]!
    text += i + 1 < bytes.length ? BASE64[(n >>> 6) & 63]! : '='
    text += i + 2 < bytes.length ? BASE64[n & 63]! : '='
  }
  return text
}

/** Own headers: "Name: value" replaces, "Name:" removes, "Name;" sends it empty. */
function ownHeaders(list: readonly string[]): Map<string, string | null> {
  const own = new Map<string, string | null>()
  for (const h of list) {
    const colon = h.indexOf(':')
    if (colon >= 0) own.set(h.slice(0, colon).toLowerCase(), h.slice(colon + 1).trim() === '' ? null : h)
    else if (h.endsWith(';')) own.set(h.slice(0, -1).toLowerCase(), `${h.slice(0, -1)}:`)
  }
  return own
}

export function requestBytes(st: CurlState): { readonly head: string; readonly body: Uint8Array } {
  const o = st.opt
  const { host, port, target } = st.url
  const query = o.get && o.data !== null ? `${target.includes('?') ? '&' : '?'}${o.data}` : ''
  const body = o.data !== null && !o.get ? utf8(o.data) : new Uint8Array(0)
  const post = o.data !== null && !o.get
  const method = o.method ?? (o.head ? 'HEAD' : post ? 'POST' : 'GET')
  const own = ownHeaders(o.headers)
  const lines: string[] = []
  const add = (name: string, value: string | null): void => {
    const mine = own.get(name.toLowerCase())
    if (mine === undefined && value !== null) lines.push(`${name}: ${value}`)
  }
  const first = own.get('host')
  if (first === undefined) lines.push(`Host: ${host}${port === 80 ? '' : `:${port}`}`)
  else if (first !== null) lines.push(first)
  own.delete('host')
  const user = o.user ?? st.url.user
  add('Authorization', user === null ? null : `Basic ${base64(utf8(user.includes(':') ? user : `${user}:`))}`)
  add('User-Agent', o.agent === '' ? null : o.agent)
  add('Accept', '*/*')
  add('Referer', o.referer)
  add('Cookie', o.cookie)
  for (const line of own.values()) if (line !== null) lines.push(line)
  if (post) {
    add('Content-Length', String(body.length))
    add('Content-Type', 'application/x-www-form-urlencoded')
  }
  // After an HTTP/1.0 answer curl speaks 1.0 to that server for the rest of the transfer.
  const version = o.http10 || (st.redirects > 0 && st.speaksOld) ? '1.0' : '1.1'
  return { head: `${method} ${target}${query} HTTP/${version}\r\n${lines.join('\r\n')}\r\n\r\n`, body }
}
