# Network namespaces of the control plane and of each node, joined by a bridge. Sourced.
network_up() {
  ip netns add "$NETNS"
  ip -n "$NETNS" link set lo up
  ip -n "$NETNS" link add br0 type bridge
  ip -n "$NETNS" addr add $NET.1/24 dev br0
  ip -n "$NETNS" link set br0 up
  on_control sysctl -qw net.ipv4.ip_forward=1
  local i j
  for i in $(nodes); do
    ip netns add "$NETNS-n$i"
    ip -n "$NETNS" link add "v$i" type veth peer name eth0 netns "$NETNS-n$i"
    ip -n "$NETNS" link set "v$i" master br0 up
    ip -n "$NETNS-n$i" link set lo up
    ip -n "$NETNS-n$i" addr add "$NET.1$i/24" dev eth0
    ip -n "$NETNS-n$i" link set eth0 up
    ip -n "$NETNS-n$i" route add default via $NET.1
    inside "$NETNS-n$i" sysctl -qw net.ipv4.ip_forward=1
    ip -n "$NETNS" route add "$PODS.$i.0/24" via "$NET.1$i"
  done
  for i in $(nodes); do
    for j in $(nodes); do
      [ "$i" = "$j" ] || ip -n "$NETNS-n$i" route add "$PODS.$j.0/24" via "$NET.1$j"
    done
  done
}

link() { ip -n "$NETNS" link set "v$1" "$2"; } # NODE up|down

network_down() {
  local name
  for name in "$NETNS" $(for i in $(nodes); do echo "$NETNS-n$i"; done); do
    [ -e "/run/netns/$name" ] || continue
    kill -9 $(ip netns pids "$name") 2>/dev/null || true
  done
  sleep 1
  for name in "$NETNS" $(for i in $(nodes); do echo "$NETNS-n$i"; done); do
    [ ! -e "/run/netns/$name" ] || ip netns del "$name"
  done
  # Of pods: mounted only in the mount namespaces of the nodes, which are gone; here an empty file is left.
  for name in /run/netns/cni-*; do
    [ ! -e "$name" ] || mountpoint -q "$name" || rm -f "$name"
  done
}
