// Rules as kube-proxy writes them for so many Services with one endpoint each: four rules a Service. All lead to the same endpoint.

/** 10.96.0.0/12, one address a Service. */
export function clusterIp(i: number): string {
  return `10.${96 + ((i + 1) >> 16)}.${((i + 1) >> 8) & 255}.${(i + 1) & 255}`
}

export function servicesRuleset(services: number, endpoint: string, port: number): string {
  const chains: string[] = []
  const rules: string[] = []
  const lists: string[] = []
  for (let i = 0; i < services; i++) {
    const name = `ns1/svc${i}:p80`
    const hash = String(i).padStart(16, '0')
    chains.push(`:KUBE-SVC-${hash} - [0:0]`, `:KUBE-SEP-${hash} - [0:0]`)
    lists.push(
      `-A KUBE-SERVICES -d ${clusterIp(i)}/32 -p udp -m comment --comment "${name} cluster IP" -m udp --dport 80 -j KUBE-SVC-${hash}`,
    )
    rules.push(
      `-A KUBE-SVC-${hash} -m comment --comment "${name} -> ${endpoint}:${port}" -j KUBE-SEP-${hash}`,
      `-A KUBE-SEP-${hash} -s ${endpoint}/32 -m comment --comment ${name} -j KUBE-MARK-MASQ`,
      `-A KUBE-SEP-${hash} -p udp -m comment --comment ${name} -m udp -j DNAT --to-destination ${endpoint}:${port}`,
    )
  }
  return [
    '*nat',
    ':PREROUTING ACCEPT [0:0]',
    ':INPUT ACCEPT [0:0]',
    ':OUTPUT ACCEPT [0:0]',
    ':POSTROUTING ACCEPT [0:0]',
    ':KUBE-SERVICES - [0:0]',
    ':KUBE-MARK-MASQ - [0:0]',
    ':KUBE-POSTROUTING - [0:0]',
    ...chains,
    '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
    '-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
    '-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING',
    ...lists,
    ...rules,
    '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000',
    '-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN',
    '-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0',
    '-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully',
    'COMMIT',
    '',
  ].join('\n')
}
