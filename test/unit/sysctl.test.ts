// Files below /proc/sys/net: expectations are what Linux 6.1 answered (see test/kernel/tables/sysctl.txt).
import { describe, expect, test } from 'vitest'
import { Machine } from './link_fixture.ts'

function machine(): Machine {
  const m = new Machine()
  m.add('dummy', 'd0')
  return m
}

describe('numbers', () => {
  test.each([
    ['1', '1'],
    [' 2', '2'],
    ['0x1', '1'],
    ['010', '8'],
    ['1 ', '1'],
    ['2\n', '2'],
    ['1\n2', '1'],
    ['1 2', '1'],
    ['1x', 'EINVAL'],
    ['x', 'EINVAL'],
    ['', '0'],
    [' ', 'EINVAL'],
    ['-1', '-1'],
    ['99999999999', 'EINVAL'],
    ['2147483647', '2147483647'],
    ['2147483648', 'EINVAL'],
    ['-2147483648', '-2147483648'],
    ['-2147483649', 'EINVAL'],
    ['\t1', '1'],
    ['+1', 'EINVAL'],
    ['1,2', 'EINVAL'],
    ['- 1', 'EINVAL'],
    ['0x', 'EINVAL'],
    ['09', 'EINVAL'],
    ['1 x', '1'],
  ])('%j written to rp_filter gives %s', (text, answer) => {
    expect(machine().write('ipv4/conf/d0/rp_filter', text)).toBe(answer)
  })

  test.each([
    ['ipv4/ip_default_ttl', '0', 'EINVAL'],
    ['ipv4/ip_default_ttl', '255', '255'],
    ['ipv4/ip_local_port_range', '100 200', 'EINVAL'],
    ['ipv4/ip_local_port_range', '3000 2000', 'EINVAL'],
    ['ipv4/ip_local_port_range', '2000 3000', '2000\t3000'],
    ['ipv4/ip_unprivileged_port_start', '60000', 'EINVAL'],
    ['ipv4/ip_unprivileged_port_start', '80', '80'],
    ['ipv4/ping_group_range', '0 2147483647', '0\t2147483647'],
    ['ipv4/ping_group_range', '0 4294967295', 'EINVAL'],
    ['ipv4/ping_group_range', '5 1', '1\t0'],
    ['ipv4/icmp_echo_ignore_all', '2', 'EINVAL'],
    ['ipv4/icmp_ratelimit', '-5', 'EINVAL'],
    ['ipv4/icmp_ratemask', '-1', '-1'],
    ['ipv4/ipfrag_high_thresh', '1', 'EINVAL'],
    ['ipv4/ipfrag_low_thresh', '100', '100'],
    ['ipv4/tcp_syn_retries', '128', 'EINVAL'],
    ['ipv4/tcp_tw_reuse', '3', 'EINVAL'],
    ['ipv4/tcp_rmem', '1', '1\t131072\t6291456'],
    ['ipv4/tcp_rmem', '0 1 2', 'EINVAL'],
    ['ipv4/tcp_rmem', '1 2 3 4', '1\t2\t3'],
    ['ipv4/route/min_pmtu', '67', 'EINVAL'],
    ['core/somaxconn', '65536', '65536'],
    ['core/rmem_max', '2303', 'EINVAL'],
    ['core/wmem_default', '4608', '4608'],
    ['ipv4/nosuch', '1', 'ENOENT'],
    ['ipv4/conf/nodev/rp_filter', '1', 'ENOENT'],
    ['ipv4/conf/d0/mc_forwarding', '1', 'EACCES'],
    ['ipv4/conf/d0', '1', 'ENOENT'],
  ])('%s takes %j as %s', (path, text, answer) => {
    expect(machine().write(path, text)).toBe(answer)
  })
})

describe('forwarding', () => {
  test('ip_forward is conf.all.forwarding, switches every device and default, and redirects the other way', () => {
    const m = machine()
    expect(m.write('ipv4/ip_forward', '1')).toBe('1')
    for (const dir of ['all', 'default', 'lo', 'd0']) expect(m.read(`ipv4/conf/${dir}/forwarding`)).toBe('1')
    expect(m.read('ipv4/conf/all/accept_redirects')).toBe('0')
    expect(m.kernel.initNet.byName.get('d0')?.forwarding).toBe(true)
    m.write('ipv4/conf/all/forwarding', '0')
    expect(m.read('ipv4/ip_forward')).toBe('0')
    expect(m.read('ipv4/conf/d0/forwarding')).toBe('0')
    expect(m.read('ipv4/conf/all/accept_redirects')).toBe('1')
  })

  test('writing the value that is there changes nothing', () => {
    const m = machine()
    m.write('ipv4/ip_forward', '1')
    m.write('ipv4/conf/all/accept_redirects', '1')
    m.write('ipv4/ip_forward', '1')
    expect(m.read('ipv4/conf/all/accept_redirects')).toBe('1')
  })

  test('one device, or those to come', () => {
    const m = machine()
    m.write('ipv4/conf/default/forwarding', '1')
    expect(m.read('ipv4/conf/d0/forwarding')).toBe('0')
    m.add('dummy', 'd1')
    expect(m.read('ipv4/conf/d1/forwarding')).toBe('1')
    m.write('ipv4/conf/d0/forwarding', '1')
    expect(m.read('ipv4/ip_forward')).toBe('0')
  })
})

describe('conf.default', () => {
  test('holds for devices that had no address and were not written to', () => {
    const m = machine()
    m.add('dummy', 'd1')
    m.addr('d1', '10.0.0.1/24')
    m.write('ipv4/conf/d0/rp_filter', '1')
    m.write('ipv4/conf/default/rp_filter', '2')
    m.write('ipv4/conf/default/arp_ignore', '1')
    const values = (dev: string): string[] => ['rp_filter', 'arp_ignore'].map((n) => m.read(`ipv4/conf/${dev}/${n}`))
    expect(values('d0')).toEqual(['1', '1'])
    expect(values('d1')).toEqual(['0', '0'])
    expect(values('lo')).toEqual(['0', '0'])
    m.add('dummy', 'd2')
    expect(values('d2')).toEqual(['2', '1'])
  })

  test.each(['promote_secondaries', 'route_localnet', 'disable_policy', 'drop_unicast_in_l2_multicast'])(
    '%s is not passed on to devices that exist',
    (name) => {
      const m = machine()
      m.write(`ipv4/conf/default/${name}`, '1')
      expect(m.read(`ipv4/conf/d0/${name}`)).toBe('0')
    },
  )

  test('new namespaces take all and default from the initial one', () => {
    const m = machine()
    m.write('ipv4/conf/default/rp_filter', '2')
    m.write('ipv4/conf/all/arp_announce', '1')
    m.netns('b')
    m.at('b').add('dummy', 'e0')
    expect(['e0', 'lo', 'default'].map((d) => m.read(`ipv4/conf/${d}/rp_filter`))).toEqual(['2', '2', '2'])
    expect(m.read('ipv4/conf/all/arp_announce')).toBe('1')
    m.at(0).write('core/devconf_inherit_init_net', '2')
    m.netns('c')
    expect(m.at('c').read('ipv4/conf/default/rp_filter')).toBe('0')
  })

  test('a device that moves starts again with what its new namespace gives', () => {
    const m = machine()
    const b = m.netns('b')
    m.at('b').write('ipv4/conf/default/rp_filter', '2')
    m.at(0).write('ipv4/conf/d0/arp_filter', '1')
    m.set('d0', { netns: b })
    expect([m.at('b').read('ipv4/conf/d0/arp_filter'), m.read('ipv4/conf/d0/rp_filter')]).toEqual(['0', '2'])
  })

  test('lo is apart in two values, conf.all in one', () => {
    const m = machine()
    expect([m.read('ipv4/conf/lo/disable_policy'), m.read('ipv4/conf/lo/disable_xfrm')]).toEqual(['1', '1'])
    expect(m.read('ipv4/conf/all/accept_source_route')).toBe('0')
    expect(m.read('ipv4/conf/default/accept_source_route')).toBe('1')
  })
})

describe('neigh', () => {
  test.each([
    ['retrans_time', '50', 'retrans_time_ms', '500'],
    ['retrans_time_ms', '260', 'retrans_time', '26'],
    ['base_reachable_time', '7', 'base_reachable_time_ms', '7000'],
    ['base_reachable_time_ms', '7780', 'base_reachable_time', '7'],
    ['unres_qlen', '5', 'unres_qlen_bytes', '10450'],
    ['unres_qlen_bytes', '9999', 'unres_qlen', '4'],
    ['proxy_delay', '33', 'proxy_delay', '33'],
    ['locktime', '0', 'locktime', '0'],
  ])('%s = %s shows as %s = %s', (file, text, other, answer) => {
    const m = machine()
    m.write(`ipv4/neigh/d0/${file}`, text)
    expect(m.read(`ipv4/neigh/d0/${other}`)).toBe(answer)
  })

  test('the files of a fresh device read as Linux shows them', () => {
    const m = machine()
    const shown = m.must('sysctl.list', { path: 'ipv4/neigh/d0' }).map((e) => `${e.path.slice(14)}=${e.value}`)
    expect(shown.join(' ')).toBe(
      'anycast_delay=100 app_solicit=0 base_reachable_time=30 base_reachable_time_ms=30000 delay_first_probe_time=5 ' +
        'gc_stale_time=60 interval_probe_time_ms=5000 locktime=100 mcast_resolicit=0 mcast_solicit=3 proxy_delay=80 ' +
        'proxy_qlen=64 retrans_time=100 retrans_time_ms=1000 ucast_solicit=3 unres_qlen=101 unres_qlen_bytes=212992',
    )
  })

  test.each([
    ['interval_probe_time_ms', '0'],
    ['ucast_solicit', '-1'],
    ['retrans_time_ms', '-1'],
    ['unres_qlen', '-1'],
    ['gc_stale_time', '99999999'],
  ])('%s does not take %s', (file, text) => {
    expect(machine().write(`ipv4/neigh/d0/${file}`, text)).toBe('EINVAL')
  })

  test('neigh.default is the machine’s: it is seen in the initial namespace and used in all', () => {
    const m = machine()
    m.write('ipv4/neigh/default/ucast_solicit', '9')
    expect(m.read('ipv4/neigh/d0/ucast_solicit')).toBe('9')
    expect(m.read('ipv4/neigh/lo/ucast_solicit')).toBe('3')
    m.netns('b')
    m.at('b').add('dummy', 'e0')
    expect(m.read('ipv4/neigh/e0/ucast_solicit')).toBe('9')
    expect(m.read('ipv4/neigh/default/ucast_solicit')).toBe('ENOENT')
    expect(m.read('core/rmem_max')).toBe('ENOENT')
    expect(m.read('core/somaxconn')).toBe('4096')
  })
})

describe('listing', () => {
  test('directories of conf are all, default and the devices; sorted as a tree', () => {
    const m = machine()
    m.add('dummy', 'a.b')
    const dirs = new Set(m.must('sysctl.list', { path: 'ipv4/conf' }).map((e) => e.path.split('/')[2]))
    expect([...dirs]).toEqual(['a.b', 'all', 'd0', 'default', 'lo'])
    expect(m.must('sysctl.list', { path: 'ipv4/nosuch' })).toEqual([])
    const all = m.must('sysctl.list', { path: '' }).map((e) => e.path)
    expect(all[0]).toBe('core/devconf_inherit_init_net')
    expect(all.indexOf('ipv4/ip_forward')).toBe(all.indexOf('ipv4/ip_forward_update_priority') - 1)
  })

  test('route/flush can only be written, with anything', () => {
    const m = machine()
    expect(m.read('ipv4/route/flush')).toBe('EACCES')
    expect(m.ask('sysctl.set', { path: 'ipv4/route/flush', value: 'x' })).toBe(null)
  })
})
