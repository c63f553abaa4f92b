# needs: dnsmasq dig host
# A server that does not answer: when it is asked again, and when everybody gives up (whole seconds since the first question).
# include: dns-silent
conf='nameserver 10.0.0.3\n'
ask getent ahosts one.test
ask getent ahostsv4 one.test
ask getent hosts 10.0.0.2
ask ping -c 1 one.test
ask dig one.test
ask dig +short one.test
ask dig +time=1 +tries=2 one.test
ask dig +retry=0 +time=2 one.test
ask host one.test
ask host -W 1 one.test
ask host -R 3 -W 1 one.test
