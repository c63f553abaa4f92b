# What iptables says to a user who is not root.
# needs: setpriv
# compared in test/unit/iptables_tool.test.ts
iptables -S >/dev/null # the module is loaded
nobody() {
  echo "== $*"
  printf '*filter\nCOMMIT\n' | setpriv --reuid=65534 --regid=65534 --clear-groups "$@" 2>&1
  echo "rc=${PIPESTATUS[1]}"
}
nobody iptables -S
nobody iptables-restore
nobody iptables-save
nobody iptables-save -t filter
nobody iptables -V
