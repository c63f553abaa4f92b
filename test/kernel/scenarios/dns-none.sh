# needs: dig host
# No server in resolv.conf: 127.0.0.1 is asked.
: >/etc/resolv.conf
ask() {
  echo "== $*"
  "$@" 2>&1
  echo "rc=$?"
}
ask ping -c 1 one.test
ask getent ahosts one.test
ask dig one.test
ask dig +short one.test
ask host one.test
rm /etc/resolv.conf
ask dig +short one.test
ask ping -c 1 one.test
