// Ask this machine's kernel (as root, Linux with drop reasons) about each case of neigh_drops.ts, and keep the answers in
// recordings/neigh_drops.json: node --import tsx test/kernel/neigh_drops_record.ts
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { DROP_CASES, type Drop, digest, type NeighDrops, RECORDING, SETUP } from './neigh_drops.ts'

/** The whole machine drops packets: only those of ARP and of neighbours count. */
const OURS = /^(arp_|neigh_|__neigh_|pneigh_|ip_finish_output2)/

function ask(before: string, script: string): readonly Drop[] {
  const events = '/sys/kernel/tracing'
  const text = `mount -t tmpfs none /run; mkdir -p /run/netns; mount -t sysfs sys /sys; mount -t tracefs t ${events}
sysctl -qw net.ipv6.conf.default.disable_ipv6=1
${SETUP}
${before}
echo 1 >${events}/events/skb/kfree_skb/enable; echo >${events}/trace
${script}
cat ${events}/trace >&2; echo 0 >${events}/events/skb/kfree_skb/enable`
  const run = spawnSync('unshare', ['--net', '--mount', 'bash', '-c', text], { encoding: 'utf8' })
  const drops: Drop[] = []
  for (const m of run.stderr.matchAll(/kfree_skb: .*location=(\w+)\S* reason: (\w+)/g))
    if (OURS.test(m[1]!)) drops.push({ fn: m[1]!, reason: m[2]! })
  return drops
}

const answers = Object.fromEntries(DROP_CASES.map((c) => [c.name, ask(c.before ?? '', c.script)]))
const kernel = spawnSync('uname', ['-srv'], { encoding: 'utf8' }).stdout.trim()
const recording: NeighDrops = { kernel, script: digest(), answers }
writeFileSync(RECORDING, `${JSON.stringify(recording, null, 1)}\n`)
console.log(`recorded ${DROP_CASES.length} cases`)
