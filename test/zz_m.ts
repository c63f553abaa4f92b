import { Host } from 'netsim'
for (const n of [500_000, 1_000_000, 2_000_000]) {
const h = new Host('node1', { limits: { events: n } })
const t0 = Date.now()
try { h.sh('ping -f 127.0.0.1 > /dev/null') } catch (e) { console.log(String(e)) }
globalThis.gc?.(); console.log(n, Date.now() - t0, 'ms', Math.round(process.memoryUsage().heapUsed / 1e6), 'MB', h.now / 1e9)
let biggest: string[] = []
const seen = new Set<object>()
const walk = (x: any, path: string) => { if (typeof x !== 'object' || x === null || seen.has(x)) return; seen.add(x); const size = x instanceof Map || x instanceof Set ? x.size : Array.isArray(x) ? x.length : ArrayBuffer.isView(x) ? (x as any).length : 0; if (size > 5000) biggest.push(path + ' ' + size); if (ArrayBuffer.isView(x)) return; if (x instanceof Map) { let i = 0; for (const [k, v] of x) { if (i++ > 50) break; walk(v, path + '{' + k + '}') } } else if (x instanceof Set) { let i = 0; for (const v of x) { if (i++ > 50) break; walk(v, path + '<>') } } else if (Array.isArray(x)) { for (let i = 0; i < Math.min(50, x.length); i++) walk(x[i], path + '[]') } else for (const k of Object.keys(x)) walk(x[k], path + '.' + k) }
walk((h as any).machine, 'm'); console.log(biggest.join('\n'))
}
