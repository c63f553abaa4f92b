# native
# What wait leaves for jobs to tell of, and the name that messages begin with.
echo '== sleep 0.1 & wait; jobs'
sleep 0.1 & wait; jobs
echo '== sleep 0.1 & sleep 0.4; wait; jobs'
sleep 0.1 & sleep 0.4; wait; jobs
echo '== sleep 5 & kill %1; wait; jobs'
sleep 5 & kill %1; wait; jobs
echo '== sleep 5 & kill $!; wait; jobs; jobs'
sleep 5 & kill $!; wait; jobs; jobs
echo '== sleep 5 & kill $!; wait $!; jobs'
sleep 5 & kill $!; wait $!; jobs
echo '== (exit 3) & wait; jobs'
(exit 3) & wait; jobs
echo '== sleep 5 & sleep 6 & kill %1; wait %1; jobs; kill %2; wait; jobs'
sleep 5 & sleep 6 & kill %1; wait %1; jobs; kill %2; wait; jobs
echo '== sleep 0.3 & sleep 0.6 & kill %1; wait; jobs'
sleep 0.3 & sleep 0.6 & kill %1; wait; jobs
echo '== a function in a script'
f() { nosuchcmd; }
f
echo '== and in subshells'
f 2>&1 | cat
(f)
x=$(f)
f & wait
echo '== and in bash -c'
bash -c 'g() { nosuch; }; g; (g); g 2>&1 | cat'
