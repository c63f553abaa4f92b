// What Python's SimpleHTTPRequestHandler answers: a file, a directory listing, a redirect to "dir/", or an error page.
// Read first: http_server.ts. Leaves out If-Modified-Since, Range and keep-alive.
import type { Sys } from '../../uapi/program.ts'
import { joinBytes, NO_BYTES, utf8 } from '../lib/bytes.ts'

export interface Answer {
  readonly head: Uint8Array
  readonly body: Uint8Array
  /** Log lines after "[time] ". */
  readonly log: readonly string[]
}

export interface Site {
  readonly root: string
  readonly protocol: string
}

const SERVER = 'SimpleHTTP/0.6 Python/3.11.2'
const DAYS = Object.freeze(['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'])
const MONTHS = Object.freeze(['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'])

const TYPES: Readonly<Record<string, string>> = Object.freeze({
  html: 'text/html',
  htm: 'text/html',
  txt: 'text/plain',
  css: 'text/css',
  js: 'text/javascript',
  json: 'application/json',
  xml: 'text/xml',
  csv: 'text/csv',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  svg: 'image/svg+xml',
  ico: 'image/vnd.microsoft.icon',
  pdf: 'application/pdf',
  sh: 'application/x-sh',
  gz: 'application/gzip',
  zip: 'application/zip',
  tar: 'application/x-tar',
  py: 'text/x-python',
  md: 'text/markdown',
})

function two(n: number): string {
  return String(n).padStart(2, '0')
}

/** 22/Nov/2026 13:41:46 */
export function logTime(wallNs: number): string {
  const d = new Date(Math.floor(wallNs / 1_000_000))
  const time = `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`
  return `${two(d.getUTCDate())}/${MONTHS[d.getUTCMonth()]}/${d.getUTCFullYear()} ${time}`
}

/** Sun, 22 Nov 2026 13:41:46 GMT */
function httpDate(wallNs: number): string {
  const d = new Date(Math.floor(wallNs / 1_000_000))
  const time = `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`
  return `${DAYS[d.getUTCDay()]}, ${two(d.getUTCDate())} ${MONTHS[d.getUTCMonth()]} ${d.getUTCFullYear()} ${time} GMT`
}

const EXPLAIN: Readonly<Record<number, string>> = Object.freeze({
  400: 'Bad request syntax or unsupported method',
  404: 'Nothing matches the given URI',
  501: 'Server does not support this operation',
  505: 'Cannot fulfill request',
})

function escapeHtml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}

interface Parts {
  readonly status: number
  readonly phrase: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Uint8Array
}

function errorPage(status: number, phrase: string): Parts {
  const text = `<!DOCTYPE HTML>
<html lang="en">
    <head>
        <meta charset="utf-8">
        <title>Error response</title>
    </head>
    <body>
        <h1>Error response</h1>
        <p>Error code: ${status}</p>
        <p>Message: ${escapeHtml(phrase)}.</p>
        <p>Error code explanation: ${status} - ${EXPLAIN[status] ?? ''}.</p>
    </body>
</html>
`
  const body = utf8(text)
  const headers = [
    ['Connection', 'close'],
    ['Content-Type', 'text/html;charset=utf-8'],
    ['Content-Length', String(body.length)],
  ] as const
  return { status, phrase, headers, body }
}

/** The request path below the root: decoded, without "." and "..". */
function localPath(target: string): string {
  const path = target.replace(/[?#].*/, '')
  let decoded = path
  try {
    decoded = decodeURIComponent(path)
  } catch {
    decoded = path
  }
  const out: string[] = []
  for (const p of decoded.split('/')) {
    if (p === '..') out.pop()
    else if (p !== '' && p !== '.') out.push(p)
  }
  return `/${out.join('/')}`
}

function listing(sys: Sys, dir: string, target: string): Parts {
  const read = sys.readDir(dir)
  if (!read.ok) return errorPage(404, 'No permission to list directory')
  const names = [...read.value].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1))
  const shown = escapeHtml(localPath(target) + (target.endsWith('/') && localPath(target) !== '/' ? '/' : ''))
  const title = `Directory listing for ${shown}`
  const lines = names.map((name) => {
    const stat = sys.stat(`${dir}/${name}`)
    const slash = stat.ok && stat.value.type === 'directory' ? '/' : ''
    const text = stat.ok && stat.value.type === 'symlink' ? `${name}@` : name + slash
    return `<li><a href="${encodeURIComponent(name).replace(/%7E/g, '~')}${slash}">${escapeHtml(text)}</a></li>\n`
  })
  const page = `<!DOCTYPE HTML>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>${title}</title>\n</head>\n<body>\n<h1>${title}</h1>\n<hr>\n<ul>\n${lines.join('')}</ul>\n<hr>\n</body>\n</html>\n`
  const body = utf8(page)
  const headers = [
    ['Content-type', 'text/html; charset=utf-8'],
    ['Content-Length', String(body.length)],
  ] as const
  return { status: 200, phrase: 'OK', headers, body }
}

function readBytes(sys: Sys, path: string): Uint8Array | null {
  const fd = sys.open(path, 'read')
  if (!fd.ok) return null
  let data: Uint8Array = NO_BYTES
  for (;;) {
    const r = sys.read(fd.value)
    if (!r.ok || r.value.length === 0) break
    data = joinBytes(data, r.value)
  }
  sys.close(fd.value)
  return data
}

function resource(sys: Sys, site: Site, target: string): Parts {
  let path = (site.root === '/' ? '' : site.root) + localPath(target)
  const stat = sys.stat(path)
  if (stat.ok && stat.value.type === 'directory') {
    const bare = target.replace(/[?#].*/, '')
    if (!bare.endsWith('/')) {
      const query = target.slice(bare.length)
      const headers = [
        ['Location', `${bare}/${query}`],
        ['Content-Length', '0'],
      ] as const
      return { status: 301, phrase: 'Moved Permanently', headers, body: NO_BYTES }
    }
    const dir = path.replace(/\/$/, '')
    const index = ['index.html', 'index.htm'].find((n) => sys.stat(`${dir}/${n}`).ok)
    if (index === undefined) return listing(sys, dir === '' ? '/' : dir, target)
    path = `${dir}/${index}`
  }
  const body = target.replace(/[?#].*/, '').endsWith('/') && !stat.ok ? null : readBytes(sys, path)
  if (body === null) return errorPage(404, 'File not found')
  const suffix =
    path
      .slice(path.lastIndexOf('/') + 1)
      .split('.')
      .slice(1)
      .at(-1) ?? ''
  const headers = [
    ['Content-type', TYPES[suffix.toLowerCase()] ?? 'application/octet-stream'],
    ['Content-Length', String(body.length)],
    ['Last-Modified', httpDate(sys.wallClock() - sys.now())],
  ] as const
  return { status: 200, phrase: 'OK', headers, body }
}

/** `request`: the header block as text. */
export function answerRequest(sys: Sys, request: string, site: Site): Answer {
  const line = /^[^\r\n]*/.exec(request)![0]
  const words = line.split(/\s+/).filter((w) => w !== '')
  const [method, target, version] = words
  if (method === undefined) return { head: NO_BYTES, body: NO_BYTES, log: [] }
  let parts: Parts
  if (words.length < 2 || words.length > 3) parts = errorPage(400, `Bad request syntax ('${line}')`)
  else if (version !== undefined && !/^HTTP\/\d+\.\d+$/.test(version)) {
    parts = errorPage(400, `Bad request version ('${version}')`)
  } else if (method !== 'GET' && method !== 'HEAD') parts = errorPage(501, `Unsupported method ('${method}')`)
  else parts = resource(sys, site, target!)
  const log = parts.status >= 400 ? [`code ${parts.status}, message ${parts.phrase}`] : []
  log.push(`"${line}" ${parts.status} -`)
  const old = version === undefined
  const head = [
    `${site.protocol} ${parts.status} ${parts.phrase}`,
    `Server: ${SERVER}`,
    `Date: ${httpDate(sys.wallClock())}`,
    ...parts.headers.map(([n, v]) => `${n}: ${v}`),
  ]
  const first = old ? NO_BYTES : utf8(`${head.join('\r\n')}\r\n\r\n`)
  return { head: first, body: method === 'HEAD' ? NO_BYTES : parts.body, log }
}
