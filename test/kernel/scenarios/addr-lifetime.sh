# Lifetimes: preferred, then deprecated, then gone with its routes; the secondary of a primary that ends goes with it.
ip link add d0 type ifb
ip link set d0 up
ip addr add 10.0.6.1/24 dev d0 valid_lft 8 preferred_lft 3
ip addr add 10.0.6.2/24 dev d0
ip addr show d0 | grep 'inet '
sleep 5
ip addr show d0 | grep 'inet '
ip addr add 10.0.7.1/24 dev d0 valid_lft 6 preferred_lft 6
ip addr change 10.0.7.1/24 dev d0 valid_lft forever preferred_lft forever
sleep 8
ip addr show d0 | grep 'inet '
ip -4 route show table all dev d0
