# needs: dnsmasq dig host
# Several servers, the first of them silent: who is asked when (whole seconds since the first question).
# include: dns-silent
conf='nameserver 10.0.0.3\nnameserver 10.0.0.2\n'
ask getent ahostsv4 one.test
ask getent ahosts one.test
ask dig +short one.test
ask host one.test
conf='nameserver 10.0.0.3\nnameserver 10.0.0.4\nnameserver 10.0.0.2\n'
ask getent ahostsv4 one.test
conf='nameserver 10.0.0.3\nnameserver 10.0.0.4\n'
ask getent ahostsv4 one.test
ask dig +short one.test
conf='options timeout:1 attempts:3\nnameserver 10.0.0.3\nnameserver 10.0.0.4\n'
ask getent ahostsv4 one.test
ask dig +short one.test
ask host one.test
