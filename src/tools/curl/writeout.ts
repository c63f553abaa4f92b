// curl -w: the variables of a finished transfer.
// Read first: state.ts. Variables about TLS, FTP and proxies are not there; an unknown name is reported as curl does.
import { formatIp4 } from '../../lib/ip4.ts'
import type { Sys } from '../../uapi/program.ts'
import { header } from './response.ts'
import type { CurlState } from './state.ts'

function seconds(st: CurlState, at: number): string {
  return (at < 0 ? 0 : (at - st.began) / 1_000_000_000).toFixed(6)
}

function variable(sys: Sys, st: CurlState, name: string): string | null {
  const r = st.response
  const elapsed = Math.max(1, sys.now() - st.began)
  switch (name) {
    case 'http_code':
    case 'response_code':
      return String(r.status).padStart(3, '0')
    case 'http_version':
      return r.status === 0 ? '0' : r.version === '1.0' ? '1' : r.version
    case 'size_download':
      return String(r.bodyBytes)
    case 'size_header':
      return String(st.headerBytes)
    case 'size_request':
      return String(st.requestSize)
    case 'size_upload':
      return String(st.bodySize)
    case 'speed_download':
      return String(Math.trunc((r.bodyBytes * 1_000_000_000) / elapsed))
    case 'remote_ip':
      return st.connectedAt < 0 ? '' : formatIp4(st.addresses[st.address] ?? 0)
    case 'remote_port':
      return st.connectedAt < 0 ? '0' : String(st.url.port)
    case 'local_ip':
      return st.connectedAt < 0 ? '' : formatIp4(st.local)
    case 'local_port':
      return String(st.localPort)
    case 'num_connects':
      return st.connectedAt < 0 ? '0' : '1'
    case 'num_redirects':
      return String(st.redirects)
    case 'redirect_url':
      return st.lastRedirect
    case 'url':
    case 'url_effective':
      return st.url.text
    case 'content_type':
      return header(r, 'content-type') ?? ''
    case 'errormsg':
      return st.message
    case 'exitcode':
      return String(st.code)
    case 'method':
      return st.opt.method ?? (st.opt.head ? 'HEAD' : st.opt.data !== null && !st.opt.get ? 'POST' : 'GET')
    case 'scheme':
      return 'HTTP'
    case 'filename_effective':
      return st.opt.outputs[st.index] ?? ''
    case 'time_namelookup':
      return seconds(st, st.resolvedAt)
    case 'time_connect':
      return seconds(st, st.connectedAt)
    case 'time_appconnect':
    case 'time_redirect':
      return '0.000000'
    case 'time_pretransfer':
      return seconds(st, st.connectedAt)
    case 'time_starttransfer':
      return seconds(st, st.firstByteAt)
    case 'time_total':
      return seconds(st, sys.now())
    default:
      return null
  }
}

const ESCAPES: Readonly<Record<string, string>> = Object.freeze({ '\\n': '\n', '\\r': '\r', '\\t': '\t' })

/** The text of -w; unknown variables are told on stderr. */
export function writeOut(sys: Sys, st: CurlState): string {
  return st.opt.writeOut.replace(/%%|%\{([^}]*)\}|\\[nrt]/g, (all, name: string | undefined) => {
    if (all === '%%') return '%'
    if (name === undefined) return ESCAPES[all] ?? all
    const text = variable(sys, st, name)
    if (text === null) sys.write(2, `curl: unknown --write-out variable: '${name}'\n`)
    return text ?? ''
  })
}
