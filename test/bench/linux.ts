// The same chain of forwarders on the kernel beneath, driven by a small C sender compiled on the spot.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What the receiver counted: datagrams and seconds between the first and the last; or why it cannot be measured here. */
type Counted = { readonly packets: number; readonly seconds: number } | string

/** Run a script that uses $SENDER, in fresh namespaces; its last line is the receiver's. */
function measure(script: string, needs: readonly string[]): Counted {
  if (process.getuid?.() !== 0) return 'not root'
  for (const tool of ['cc', 'ip', ...needs]) {
    if (spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0) return `no ${tool}`
  }
  const dir = mkdtempSync(join(tmpdir(), 'netsim-bench-'))
  try {
    const sender = join(dir, 'sender')
    const cc = spawnSync('cc', ['-O2', '-o', sender, join(import.meta.dirname, 'sender.c')], { encoding: 'utf8' })
    if (cc.status !== 0) return `cc failed: ${cc.stderr.split('\n')[0]}`
    const file = join(dir, 'bench.sh')
    writeFileSync(file, script)
    const inside = 'mount -t tmpfs none /run; mkdir -p /run/netns; ip link set lo up; exec bash "$0"'
    const run = spawnSync('unshare', ['--net', '--mount', 'bash', '-c', inside, file], {
      encoding: 'utf8',
      timeout: 120_000,
      env: { ...process.env, SENDER: sender },
    })
    const m = /^(\d+) ([\d.]+)$/m.exec(run.stdout ?? '')
    if (m === null) return `namespaces cannot be made here: ${(run.stderr ?? '').split('\n')[0]}`
    return { packets: Number(m[1]), seconds: Number(m[2]) }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** Packet-hops per second of Linux through the chain that `setup` makes, to `dst`; or why it cannot be measured here. */
export function linuxChain(forwarders: number, seconds: number, setup: string, dst: string): number | string {
  const counted = measure(
    `${setup}\nip netns exec d $SENDER receive 0.0.0.0 0 & sleep 0.2\nip netns exec s $SENDER send ${dst} ${seconds} >/dev/null\nwait\n`,
    setup.includes('iptables-legacy') ? ['iptables-legacy'] : [],
  )
  return typeof counted === 'string' ? counted : (counted.packets * (forwarders + 1)) / counted.seconds
}

/** New flows per second that reach d, each with one datagram to `dst`:`port`. */
export function linuxFlows(setup: string, dst: string, port: number, count: number): number | string {
  const counted = measure(
    `${setup}\nip netns exec d $SENDER receive 0.0.0.0 0 & sleep 0.2\nip netns exec s $SENDER fresh ${dst} ${count} ${port}\nwait\n`,
    setup.includes('iptables-legacy') ? ['iptables-legacy'] : [],
  )
  return typeof counted === 'string' ? counted : counted.packets / counted.seconds
}
