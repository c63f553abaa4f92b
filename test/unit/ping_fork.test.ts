import { Host } from 'netsim'
import { expect, test } from 'vitest'

test('SIGINT prints the summary, SIGQUIT one line', () => {
  const r = new Host('node1').sh(
    `ping 127.0.0.1 > /tmp/out 2> /tmp/err & sleep 2.5; kill -QUIT $!; sleep 0.1; kill -INT $!; wait $!; echo rc=$?; cat /tmp/err; cat /tmp/out`,
  )
  expect(r.stdout).toMatch(/^rc=0\n\r3\/3 packets, 0% loss, min\/avg\/ewma\/max = /)
  expect(r.stdout).toMatch(/3 packets transmitted, 3 received, 0% packet loss, time 2000ms\nrtt /)
})

test('a killed ping has written only what it had flushed', () => {
  const r = new Host(
    'node1',
  ).sh(`ip link add va type veth peer name vb; ip link set va up; ip link set vb up; ip addr add 10.0.0.1/24 dev va
ping -W 1 10.0.0.9 > /tmp/out & sleep 0.5; kill $!; cat /tmp/out; echo end`)
  expect(r.stdout).toBe('end\n')
})

test('-w ends a ping that has no answer; -c alone waits for the last one', () => {
  const host = new Host('node1')
  const r =
    host.sh(`ip link add va type veth peer name vb; ip link set va up; ip link set vb up; ip addr add 10.0.0.1/24 dev va; ip neigh add 10.0.0.9 lladdr 02:00:00:00:00:01 dev va
ping -q -w 3 10.0.0.9; echo rc=$?; ping -q -c 2 -W 0.5 10.0.0.9; echo rc=$?`)
  expect(r.stdout).toContain('3 packets transmitted, 0 received, 100% packet loss, time 2000ms\n\nrc=1')
  expect(r.stdout).toContain('2 packets transmitted, 0 received, 100% packet loss, time 1000ms\n\nrc=1')
})
