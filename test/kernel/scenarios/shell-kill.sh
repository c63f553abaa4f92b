# The exit status of kill with several targets, and jobs that are over.
# native
exec 2>&1
sleep 4 & a=$!; sleep 4 & b=$!
kill 999999 $a; echo k=$?
kill $b 999999; echo k=$?
kill 999998 999999; echo k=$?
sleep 4 & a=$!
kill nosuch $a; echo k=$?
sleep 4 &
kill %9 %%; echo k=$?
kill %9; echo k=$?
