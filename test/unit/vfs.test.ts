import { describe, expect, it } from 'vitest'
import { TestMachine } from './shell_machine.ts'

describe('/proc/sys', () => {
  it('reads and writes the sysctls of the namespace', () => {
    const m = new TestMachine()
    const r = m.sh('cd /proc/sys/net/ipv4; cat ip_forward; echo 1 > ip_forward; cat ip_forward; echo *')
    expect(r.text).toBe('0\n1\nip_default_ttl ip_forward\n')
  })

  it('answers with errno as Linux does', () => {
    const m = new TestMachine()
    const r = m.sh(
      'echo x > /proc/sys/net/ipv4/ip_forward; echo $?; echo 1 > /proc/sys/net/ipv4/nope; echo 1 > /proc/sys/net/ipv4/ip_default_ttl',
    )
    expect(r.text).toBe(
      'bash: line 1: echo: write error: Invalid argument\n1\n' +
        'bash: line 1: /proc/sys/net/ipv4/nope: No such file or directory\n' +
        'bash: line 1: /proc/sys/net/ipv4/ip_default_ttl: Permission denied\n',
    )
  })
})

describe('the file tree', () => {
  it('has the network programs’ files and the named namespaces', () => {
    const m = new TestMachine()
    expect(m.sh('ls /run/netns /var/run/netns; cat /etc/hostname; [ -c /dev/null ] && echo dev').stdout).toBe(
      '/run/netns:\nns1\n\n/var/run/netns:\nns1\nvm\ndev\n',
    )
  })

  it('resolves symbolic links, loops included', () => {
    const m = new TestMachine()
    const r = m.sh(
      'cd /tmp; mkdir d; echo x > d/f; ln -s d l; cat l/f; ln -s a b; ln -s b a; cat a; readlink l; rm l/f; ls d',
    )
    expect(r.text).toBe('x\ncat: a: ELOOP\nd\n')
  })

  it('gives each opening its own position and shares it between copies of a descriptor', () => {
    const m = new TestMachine()
    expect(
      m.sh(
        'echo 12345 > /tmp/f; { echo ab; (echo cd); } > /tmp/g; cat /tmp/g; exec 3</tmp/f; read -n 2 x <&3; read y <&3; echo $x $y',
      ).stdout,
    ).toBe('ab\ncd\n12 345\n')
  })
})
