# Where things are, and the numbers of the network. Sourced.
CLUSTER_BIN=${CLUSTER_BIN:-$HOME/.cache/millrace-e2e/bin}
# Short: the paths of sockets below it may have 107 bytes.
CLUSTER_DIR=${CLUSTER_DIR:-/tmp/millrace-e2e}
NODES=${NODES:-3}             # 9 at most
VOLUMES=${VOLUMES:-12}        # per node
NETNS=${CLUSTER_NETNS:-mre2e} # of the control plane; of the nodes $NETNS-n1 ...
NET=10.60.0 PODS=10.61 SERVICES=10.62

# `ip netns exec` would mount a fresh /sys, which hides the cgroups.
inside() { nsenter --net="/run/netns/$1" "${@:2}"; }
on_control() { inside "$NETNS" "$@"; }
kubectl() { on_control "$CLUSTER_BIN/kubectl" --kubeconfig "$CLUSTER_DIR/admin.conf" "$@"; }
nodes() { seq "$NODES"; }
containerd_socket() { printf '%s/node%s/run/containerd.sock' "$CLUSTER_DIR" "$1"; }
containers() { ctr -a "$(containerd_socket "$1")" -n k8s.io "${@:2}"; } # NODE COMMAND...

until_true() { # SECONDS COMMAND...
  local seconds=$1
  shift
  for _ in $(seq $((seconds * 4))); do
    "$@" >/dev/null 2>&1 && return
    sleep 0.25
  done
  echo "gave up after $seconds s: $*" >&2
  return 1
}
