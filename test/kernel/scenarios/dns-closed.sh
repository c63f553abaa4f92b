# needs: dnsmasq dig host
# Servers that cannot be reached: a closed port, no route, no neighbour, no server at all.
# include: dns-silent
conf='nameserver 10.0.0.5\nnameserver 10.0.0.2\n'
ask true
ask getent ahosts one.test
ask dig +noall +comments +answer one.test
ask host one.test
conf='nameserver 10.0.0.5\n'
ask getent ahosts one.test
ask ping -c 1 one.test
ask dig one.test
ask dig +short one.test
ask host one.test
conf='nameserver 10.7.7.7\n'
ask getent ahosts one.test
ask ping -c 1 one.test
ask dig one.test
ask host one.test
conf='nameserver 10.0.0.99\n'
ask ping -c 1 one.test
ask dig one.test
conf='nameserver 10.7.7.7\nnameserver 10.0.0.2\n'
ask getent ahosts one.test
ask dig +short one.test
ask host one.test
