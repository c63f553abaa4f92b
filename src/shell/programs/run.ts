// Programs that become another by exec: env, nohup, nsenter, unshare, setsid.
// Leaves out: nsenter and unshare of anything but the network namespace (refused by name).
import { strerror } from '../../lib/errno.ts'
import { processOf } from '../../os/sys.ts'
import type { Main, MainResult, Sys } from '../../uapi/program.ts'
import { parseOptions } from './options.ts'

/** exec, with the message and code of a program that could not. */
function become(sys: Sys, name: string, argv: readonly string[], netns?: number, quote = true): MainResult {
  const r = sys.exec(argv, netns === undefined ? {} : { netns })
  if (r.ok) return r.value
  const shown = name === 'nohup' ? `'${argv[0]}'` : quote ? `'${argv[0]}'` : argv[0]
  sys.write(2, `${name}: ${name === 'nohup' ? `failed to run command ${shown}` : shown}: ${strerror(r.errno)}\n`)
  return r.errno === 'ENOENT' ? 127 : 126
}

export const env: Main = (sys, argv) => {
  const long = { 'ignore-environment': 'i', unset: 'u', chdir: 'C', null: '0' }
  const o = parseOptions(sys, argv, {
    short: { i: false, u: true, C: true, '0': false },
    long,
    stopEarly: true,
    code: 125,
  })
  if (typeof o === 'number') return o
  const proc = processOf(sys).proc
  const vars = o.flags.has('i') ? new Map<string, string>() : new Map(proc.env)
  const unset = o.flags.get('u')
  if (unset !== undefined) vars.delete(unset)
  let args = o.args[0] === '-' ? o.args.slice(1) : o.args
  if (o.args[0] === '-') vars.clear()
  while (args[0]?.includes('=') === true) {
    const at = args[0].indexOf('=')
    vars.set(args[0].slice(0, at), args[0].slice(at + 1))
    args = args.slice(1)
  }
  if (args.length === 0) {
    sys.write(1, [...vars].map(([k, v]) => `${k}=${v}${o.flags.has('0') ? '\0' : '\n'}`).join(''))
    return 0
  }
  const dir = o.flags.get('C')
  if (dir !== undefined) {
    const r = sys.chdir(dir)
    if (!r.ok) {
      sys.write(2, `env: cannot change directory to '${dir}': ${strerror(r.errno)}\n`)
      return 125
    }
  }
  proc.env = vars
  return become(sys, 'env', args)
}

export const nohup: Main = (sys, argv) => {
  const args = argv[1] === '--' ? argv.slice(2) : argv.slice(1)
  if (args.length === 0) {
    sys.write(2, "nohup: missing operand\nTry 'nohup --help' for more information.\n")
    return 125
  }
  processOf(sys).proc.ignored.add('HUP')
  if (sys.isatty(1)) {
    const out = sys.open('nohup.out', 'append')
    if (!out.ok) return 125
    sys.write(2, "nohup: ignoring input and appending output to 'nohup.out'\n")
    sys.dup2(out.value, 1)
    if (sys.isatty(2)) sys.dup2(out.value, 2)
    sys.close(out.value)
  }
  return become(sys, 'nohup', args)
}

export const setsid: Main = (sys, argv) => {
  const args = argv.slice(1).filter((a, i) => i > 0 || !/^-[fwc]+$/.test(a))
  if (args.length === 0) {
    sys.write(2, "setsid: no command specified\nTry 'setsid --help' for more information.\n")
    return 1
  }
  const p = processOf(sys).proc
  p.pgid = p.pid
  return become(sys, 'setsid', args, undefined, false)
}

/** The namespace that --net=FILE or -t PID names; an exit code when there is none (reported). */
function namespaceOf(sys: Sys, file: string, pid: string | undefined): { readonly netns: number } | number {
  const m = /^\/(?:var\/)?run\/netns\/([^/]+)$/.exec(file)
  const ofPid = /^\/proc\/(\d+|self)\/ns\/net$/.exec(file)?.[1] ?? pid
  if (m !== null) {
    const r = sys.netlink.request(sys.netns, 'netns.find', { name: m[1]! })
    if (r.ok) return { netns: r.value }
  } else if (ofPid !== undefined) {
    const p = ofPid === 'self' ? processOf(sys).proc : processOf(sys).os.processes.get(Number(ofPid))
    if (p !== undefined && p.state === 'alive') return { netns: p.netns }
    file = `/proc/${ofPid}/ns/net`
  }
  sys.write(2, `nsenter: cannot open ${file}: ${strerror('ENOENT')}\n`)
  return 1
}

export const nsenter: Main = (sys, argv) => {
  let pid: string | undefined
  let file: string | undefined
  let net = false
  let i = 1
  for (; i < argv.length && argv[i]!.startsWith('-'); i++) {
    const a = argv[i]!
    const net1 = /^(?:--net|-n)(?:=?(.+))?$/.exec(a)
    if (a === '--') {
      i++
      break
    }
    if (a === '-t' || a === '--target') pid = argv[++i]
    else if (a.startsWith('--target=')) pid = a.slice(9)
    else if (/^-t\d+$/.test(a)) pid = a.slice(2)
    else if (net1 !== null) {
      net = true
      file = net1[1]
    } else {
      sys.write(2, `nsenter: ${a}: only the network namespace is modelled by netsim\n`)
      return 1
    }
  }
  if (net && file === undefined && pid === undefined) {
    sys.write(2, 'nsenter: neither filename nor target pid supplied for ns/net\n')
    return 1
  }
  const argvOut = i < argv.length ? argv.slice(i) : ['/bin/sh']
  if (!net) return become(sys, 'nsenter', argvOut, undefined, false)
  const ns = namespaceOf(sys, file ?? `/proc/${pid}/ns/net`, pid)
  return typeof ns === 'number' ? ns : become(sys, 'nsenter: failed to execute', argvOut, ns.netns, false)
}

export const unshare: Main = (sys, argv) => {
  let i = 1
  let net = false
  for (; i < argv.length && argv[i]!.startsWith('-') && argv[i] !== '--'; i++) {
    const a = argv[i]!
    if (a === '-n' || a === '--net') net = true
    else if (/^-[rfmuipn]+$/.test(a) && !/[^rfn]/.test(a.slice(1))) net ||= a.includes('n')
    else if (a !== '--fork' && a !== '--map-root-user') {
      sys.write(2, `unshare: ${a}: only the network namespace is modelled by netsim\n`)
      return 1
    }
  }
  if (argv[i] === '--') i++
  const os = processOf(sys).os
  const create = os.kernel.createNetns
  if (net && create === undefined) {
    sys.write(2, `unshare: unshare failed: ${strerror('EPERM')}\n`)
    return 1
  }
  const args = i < argv.length ? argv.slice(i) : ['/bin/bash']
  return become(sys, 'unshare: failed to execute', args, net ? os.kernel.createNetns!() : undefined, false)
}
