# set -e: where a failure ends a script and where it is an answer; traps on the way out.
bash -c 'set -e; false || true; if false; then :; fi; ! true; (exit 3) || echo $?; false && true; echo here; false; echo no'; echo "rc=$?"
bash -c 'set -e; f() { false; echo in; }; f || echo caught; if f; then echo yes; fi; f; echo no'; echo "rc=$?"
bash -c 'set -e; x=$(false) || echo caught; echo $(false)ok; x=$(false); echo no'; echo "rc=$?"
bash -c 'set -eo pipefail; false | true || echo pipe; false | true; echo no'; echo "rc=$?"
bash -c 'set -e; trap "echo ERR" ERR; trap "echo EXIT \$?" EXIT; f() { false; }; f; echo no'; echo "rc=$?"
bash -c 'set -e; for i in 1 2; do [ $i = 1 ] && echo $i; done; echo end'; echo "rc=$?"
bash -c 'set -u; echo ${x-unset}; echo $x; echo no'; echo "rc=$?"
bash -e <<'E'
echo one
false
echo two
E
echo "rc=$?"
