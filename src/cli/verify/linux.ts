// Running scripts on a real kernel, for verify and for the recordings: User Mode Linux (Debian's user-mode-linux, Linux 6.1, no privileges needed) or, as
// root, this machine's own in fresh namespaces. Each script gets a network namespace with lo up, its own /run and /tmp, and a
// process 1 in that namespace (`ip link set … netns 1` brings a device home). A script that speaks of /etc writes to a copy.
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BOOT_ENV } from '../../os/options.ts'

export type Where = 'uml' | 'native'

export interface Run {
  readonly kernel: string
  readonly tools: string
  readonly outputs: ReadonlyMap<string, string>
}

/** A copy of /etc that vanishes with the mount namespace: resolv.conf, hosts, netns/ are the script's to write. */
export const OWN_ETC =
  'mount -t tmpfs none /mnt && cp -a /etc/. /mnt 2>/dev/null; mount --move /mnt /etc; rm -rf /etc/netns; mkdir /etc/netns; '

/** A script's environment: netsim's own. */
const SCRIPT_ENV: Readonly<Record<string, string>> = { ...BOOT_ENV, LANG: 'C' }

/** The same with this machine's PATH; proxies, PYTHONUNBUFFERED and the like stay outside. */
export function scriptEnvironment(): Record<string, string> {
  return { ...SCRIPT_ENV, PATH: process.env['PATH'] ?? SCRIPT_ENV['PATH']! }
}

const WRAP =
  'mount -t tmpfs none /run; mkdir -p /run/netns; mount -t sysfs sys /sys 2>/dev/null; ip link set lo up; ' +
  `if grep -q /etc/ "$1"; then ${OWN_ETC}fi; ` +
  'd=$(mktemp -d /var/tmp/netsim.XXXXXX); mount --bind "$d" /tmp; cd /root; t=$(sed -n "s/^# takes: //p" "$1"); exec timeout ${t:-280} bash "$1"'

const VERSIONS =
  'echo "$(ip -V | sed "s/.*iproute2-//; s/,.*//") iproute2, $(ping -V | sed -n "1s/ping from //p"), bash $BASH_VERSION, $(sysctl -V | sed "s/sysctl from //")"'

/** `iptables` is iptables-legacy, whatever Debian's alternatives say: netsim is x_tables, not nf_tables. */
export const LEGACY =
  'for t in "" -save -restore; do l=$(command -v iptables-legacy$t) && mkdir -p $b && ln -sf $l $b/iptables$t; done; export PATH=$b:$PATH'

/** One script after another would take minutes of sleeping: they run at the same time, a few of them. */
function driver(dir: string, names: readonly string[], parallel: number, net: string): string {
  const jobs = names.map((_, i) => {
    const file = join(dir, `${i}`)
    return `unshare ${net} --mount --pid --fork --mount-proc bash -c '${WRAP}' x ${file}.sh >${file}.out 2>&1 </dev/null & [ $(jobs -rp | wc -l) -lt ${parallel} ] || wait -n`
  })
  return `b=${dir}/bin; ${LEGACY}; uname -srv >${dir}/kernel; ${VERSIONS} >${dir}/tools 2>/dev/null\n${jobs.join('\n')}\nwait\n`
}

/** Why the kernel cannot be asked here, or null. */
export function unavailable(where: Where): string | null {
  if (where === 'native') return process.getuid?.() === 0 ? null : 'namespaces of this machine need root'
  return spawnSync('sh', ['-c', 'command -v linux.uml']).status === 0
    ? null
    : "Debian's package user-mode-linux is not installed"
}

/** Those of the programs that are not installed here. */
export function missingPrograms(programs: Iterable<string>): string[] {
  return [...programs].filter((p) => spawnSync('sh', ['-c', `command -v -- '${p}'`]).status !== 0)
}

/** The arguments of linux.uml, and the init script written into `dir`: all modules are at hand, and root is this machine's file system. */
function umlArguments(dir: string, script: string): string[] {
  const modules = '/usr/lib/uml/modules'
  const version = readdirSync(modules)[0] ?? ''
  const init = join(dir, 'init')
  const mounts = 'mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t tmpfs tmpfs /run'
  const library = `[ -e /lib/modules/${version} ] || { mount -t tmpfs tmpfs /lib/modules; ln -s ${modules}/${version} /lib/modules/; }`
  const exports = Object.entries(SCRIPT_ENV).map(([name, value]) => `export ${name}=${value}`)
  writeFileSync(
    init,
    `#!/bin/bash\n${mounts}\n${library}\n${exports.join('\n')}\nmodprobe ipv6 disable=1\nmodprobe dummy numdummies=0; modprobe ifb numifbs=0; modprobe veth\nip link set lo up\nbash ${script}\nhalt -f\n`,
  )
  chmodSync(init, 0o755)
  return [
    'mem=1024M',
    'root=/dev/root',
    'rootfstype=hostfs',
    'rootflags=/',
    'rw',
    `init=${init}`,
    'con=null',
    'con0=fd:0,fd:1',
    'quiet',
  ]
}

const UML_PATIENCE = 900_000

function runUml(dir: string, script: string): void {
  spawnSync('linux.uml', umlArguments(dir, script), { stdio: ['ignore', 'ignore', 'ignore'], timeout: UML_PATIENCE })
}

/** The same without waiting: for those who show how far it is. */
export function bootUml(dir: string, script: string): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn('linux.uml', umlArguments(dir, script), { stdio: 'ignore', timeout: UML_PATIENCE })
    child.on('error', () => resolve())
    child.on('close', () => resolve())
  })
}

/** Run scripts (name → text) and collect what each printed, stdout and stderr in order; `net` is unshare's option. */
export function runOnLinux(where: Where, scripts: ReadonlyMap<string, string>, net: '--net' | '' = '--net'): Run {
  const dir = mkdtempSync('/var/tmp/netsim-record-')
  chmodSync(dir, 0o777)
  const names = [...scripts.keys()]
  for (const [i, name] of names.entries()) {
    writeFileSync(join(dir, `${i}.sh`), scripts.get(name)!)
    writeFileSync(join(dir, `${i}.out`), '')
    chmodSync(join(dir, `${i}.out`), 0o666)
  }
  const main = join(dir, 'main.sh')
  writeFileSync(main, driver(dir, names, where === 'uml' ? 12 : 4, net))
  if (where === 'uml') runUml(dir, main)
  else spawnSync('bash', [main], { stdio: 'ignore', timeout: 1_500_000, env: scriptEnvironment() })
  const read = (file: string): string => (existsSync(join(dir, file)) ? readFileSync(join(dir, file), 'utf8') : '')
  const outputs = new Map(names.map((name, i) => [name, read(`${i}.out`)]))
  const run = { kernel: read('kernel').trim(), tools: read('tools').trim(), outputs }
  rmSync(dir, { recursive: true, force: true })
  return run
}
