# Parameters, arrays, arithmetic, braces, word splitting, quoting, here-documents: what bash makes of words.
x=hello.tar.gz
echo ${x%.*} ${x%%.*} ${x#*.} ${x##*.} ${x/l/L} ${x//l/L} ${x/#he/HE} ${x/%gz/GZ} ${x:1:3} ${x: -2} ${#x} ${x^} ${x^^}
y="a b  c"
echo $y "$y" ${y// /_} ${y@Q} ${y:+set} ${n:-def} ${n:=assigned} $n
set -- a b "c d"
echo $# "$@" $*
for i in "$@"; do echo "[$i]"; done
for i in "$*"; do echo "[$i]"; done
echo "${@:2}" "${@: -1}"
a=(1 2 "3 4"); a+=(5); a[10]=z
declare -p a
echo ${#a[@]} ${!a[@]} "${a[-1]}"
declare -A m=([pod]=10.0.0.1 [node]=10.0.0.2 [svc]=10.96.0.1)
for k in "${!m[@]}"; do echo "$k=${m[$k]}"; done
echo {a,b}{1,2} {1..5} {5..1..2} {01..03} x{,y}z
IFS=:; p=a:b::c; for i in $p; do echo "[$i]"; done; unset IFS
echo $((2**10)) $((-7/2)) $((7%3)) $((1<<4)) $((5&3|8^1)) $((1?2:3)) $((0x1f+010+2#101))
((z=3)); echo $? $z; ((0)); echo $?
IFS=. read -r o1 o2 o3 o4 <<< "192.168.1.20"; echo $o4 $(( (o1<<24) + (o2<<16) + (o3<<8) + o4 ))
ip=10.0.0.5/24; echo ${ip%/*} ${ip#*/}
printf '%02x:%02x %-10s|%5s|\n' 10 255 name val
cat <<E
sum $((1+1)) sub $(echo "a  b") \$x "q" 'r'
E
cat <<'E'
$x `y`
E
while read -r a b; do echo "$b-$a"; done <<< "1 2
3 4 5"
echo "$(echo "$(echo deep)")" `echo \`echo bt\`` $'tab\there' "a\\b"
