// Captures (--pcap): tshark with every checksum check on, and tcpdump -r, read them without a complaint.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/** ARP, ICMP and its errors, fragments, UDP, TCP with data and with RST, over two links and lo. */
const SCRIPT = `for n in a r b; do ip netns add $n; ip -n $n link set lo up; done
ip link add a0 netns a type veth peer name ra netns r; ip link add b0 netns b type veth peer name rb netns r
ip -n a addr add 10.0.1.2/24 dev a0; ip -n a link set a0 up; ip -n r addr add 10.0.1.1/24 dev ra; ip -n r link set ra up
ip -n b addr add 10.0.2.2/24 dev b0; ip -n b link set b0 up; ip -n r addr add 10.0.2.1/24 dev rb; ip -n r link set rb up
ip -n a route add default via 10.0.1.1; ip -n b route add default via 10.0.2.1
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip netns exec b nc -l -k 80 >/dev/null & ip netns exec b nc -u -l -k 5300 >/dev/null &
sleep 1
x() { ip netns exec a "$@"; }
x ping -c 2 10.0.2.2; x ping -c 1 -s 3001 10.0.2.2; x ping -c 1 -t 1 10.0.2.2; x ping -c 1 -W 1 10.9.9.9; x ping -c 1 127.0.0.1
ip -n r link set rb mtu 600
x ping -c 1 -M do -s 1000 10.0.2.2
echo some data | x nc -N -w 1 10.0.2.2 80; head -c 5000 /dev/zero | x nc -N -w 1 10.0.2.2 80
x nc -z -w 1 10.0.2.2 81
echo query | x nc -u -w 1 10.0.2.2 5300; echo query | x nc -u -w 1 10.0.2.2 5301
x ping -c 1 -W 1 10.0.1.77
x ping -b -c 1 -W 1 10.0.1.255
true
`

const dir = mkdtempSync(join(tmpdir(), 'netsim-pcap-'))
const root = new URL('../..', import.meta.url).pathname
const missing = (tool: string): boolean => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0
let files: readonly string[] = []

beforeAll(() => {
  writeFileSync(join(dir, 'script.sh'), SCRIPT)
  const args = [
    '--conditions=netsim-source',
    '--import',
    'tsx',
    'src/cli.ts',
    'run',
    '--pcap',
    join(dir, 'out'),
    join(dir, 'script.sh'),
  ]
  const run = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' })
  expect([run.status, run.stderr.replace(/^(WARNING: pinging|Connection|nc: ).*\n/gm, '')]).toEqual([0, ''])
  files = readdirSync(join(dir, 'out')).map((f) => join(dir, 'out', f))
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

test('there is a capture of every device that carried a frame', () => {
  expect(files.map((f) => f.slice(f.lastIndexOf('/') + 1).replace(/\.pcapng$/, '')).sort()).toEqual([
    'a-a0',
    'a-lo',
    'b-b0',
    'r-ra',
    'r-rb',
  ])
})

describe('other readers', () => {
  const checks = ['ip.check_checksum', 'tcp.check_checksum', 'udp.check_checksum'].flatMap((c) => ['-o', `${c}:TRUE`])

  test.skipIf(missing('tshark'))('tshark finds nothing malformed and no bad checksum (needs tshark)', () => {
    for (const file of files) {
      const bad = spawnSync(
        'tshark',
        [
          ...checks,
          '-r',
          file,
          '-Y',
          '_ws.malformed || _ws.expert.group == "Checksum" || _ws.expert.severity == error || ip.checksum.status == 0 || tcp.checksum.status == 0 || udp.checksum.status == 0 || icmp.checksum.status == 0',
        ],
        { encoding: 'utf8' },
      )
      expect(bad.stderr.replace(/^Running as user.*\n/m, '')).toBe('')
      expect([file, bad.status, bad.stdout]).toEqual([file, 0, ''])
    }
    const good = spawnSync(
      'tshark',
      [...checks, '-r', files.find((f) => f.includes('b-b0'))!, '-Y', 'tcp.checksum.status == 1'],
      { encoding: 'utf8' },
    )
    expect(good.stdout.split('\n').length).toBeGreaterThan(10)
  })

  test.skipIf(missing('tcpdump'))('tcpdump -r reads every frame, with checksums it agrees with (needs tcpdump)', () => {
    for (const file of files) {
      const r = spawnSync('tcpdump', ['-nn', '-vv', '-r', file], { encoding: 'utf8' })
      expect(r.status).toBe(0)
      expect(r.stderr).not.toMatch(/truncated|bad|unknown|error/)
      expect(r.stdout).not.toMatch(/bad cksum|incorrect|wrong|truncated|\[\|/)
    }
  })
})
