// The same chain of forwarders on the kernel beneath, driven by a small C sender compiled on the spot.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chainScript } from './chain.ts'

/** Packet-hops per second of Linux, or why it cannot be measured here. */
export function linuxChain(forwarders: number, seconds: number): number | string {
  if (process.getuid?.() !== 0) return 'not root'
  if (spawnSync('sh', ['-c', 'command -v cc && command -v ip']).status !== 0) return 'no cc or ip'
  const dir = mkdtempSync(join(tmpdir(), 'netsim-bench-'))
  try {
    const sender = join(dir, 'sender')
    const cc = spawnSync('cc', ['-O2', '-o', sender, join(import.meta.dirname, 'sender.c')], { encoding: 'utf8' })
    if (cc.status !== 0) return `cc failed: ${cc.stderr.split('\n')[0]}`
    const script = join(dir, 'chain.sh')
    const last = `10.0.${forwarders}.2`
    writeFileSync(
      script,
      `${chainScript(forwarders)}\nip netns exec d ${sender} receive ${last} 0 & sleep 0.2\nip netns exec s ${sender} send ${last} ${seconds} >/dev/null\nwait\n`,
    )
    const inside = 'mount -t tmpfs none /run; mkdir -p /run/netns; ip link set lo up; exec bash "$0"'
    const run = spawnSync('unshare', ['--net', '--mount', 'bash', '-c', inside, script], {
      encoding: 'utf8',
      timeout: 60_000,
    })
    const m = /^(\d+) ([\d.]+)$/m.exec(run.stdout ?? '')
    if (m === null) return `namespaces cannot be made here: ${(run.stderr ?? '').split('\n')[0]}`
    return (Number(m[1]) * (forwarders + 1)) / Number(m[2])
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
