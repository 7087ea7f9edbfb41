# A node: a containerd, a kubelet and a kube-proxy of its own in a network and a mount namespace. Sourced.
node_boot() { # NODE
  local i=$1 home=$CLUSTER_DIR/node$1
  mkdir -p "$home/cni" "$home/run"
  : >"$home/resolv.conf"
  node_files "$i" "$home"
  inside "$NETNS-n$i" unshare --mount --propagation private bash -c '
    mount --make-rshared /
    home=$1 i=$2 bin=$3 dir=$4 address=$5
    containerd -c "$home/containerd.toml" >>"$dir/log/containerd$i.log" 2>&1 &
    until ctr -a "$home/run/containerd.sock" version >/dev/null 2>&1; do sleep 0.1; done
    "$bin/kube-proxy" --config "$home/proxy.yaml" >>"$dir/log/proxy$i.log" 2>&1 &
    for image in "$dir"/images/*.tar; do
      ctr -a "$home/run/containerd.sock" -n k8s.io images import "$image" >/dev/null
    done
    "$bin/kubelet" --config "$home/kubelet.yaml" --kubeconfig "$dir/n$i.conf" --hostname-override="n$i" \
      --node-ip="$address" --root-dir="$home/kubelet" --node-labels="topology.kubernetes.io/zone=z$i" \
      >>"$dir/log/kubelet$i.log" 2>&1 &
    wait' node "$home" "$i" "$CLUSTER_BIN" "$CLUSTER_DIR" "$NET.1$i" >>"$CLUSTER_DIR/log/node$i.log" 2>&1 &
}

# Everything on it at once. Containers are children of shims, which the node's folder names.
node_kill() { # NODE
  local pid
  for pid in $(ip netns pids "$NETNS-n$1") $(pgrep -f "containerd-shim.*$CLUSTER_DIR/node$1/" || true); do
    kill -9 $(pgrep -P "$pid" || true) "$pid" 2>/dev/null || true
  done
}

# A signal to the first process of a container, as the kernel would send it, with no warning to Kubernetes.
container_signal() { # NAMESPACE POD CONTAINER SIGNAL
  local i id selector
  selector="labels.\"io.kubernetes.pod.namespace\"==$1,labels.\"io.kubernetes.pod.name\"==$2"
  selector="$selector,labels.\"io.kubernetes.container.name\"==$3"
  for i in $(nodes); do
    for id in $(containers "$i" containers ls -q "$selector" 2>/dev/null); do
      containers "$i" tasks kill --signal "$4" "$id" 2>/dev/null && return
    done
  done
  echo "no running container $3 of pod $1/$2" >&2
  return 1
}

node_files() { # NODE HOME
  cat >"$2/cni/10.conflist" <<J
{"cniVersion":"0.4.0","name":"millrace","plugins":[
 {"type":"bridge","bridge":"cni0","isGateway":true,"ipMasq":false,"hairpinMode":true,
  "ipam":{"type":"host-local","dataDir":"$2/cni-ipam","ranges":[[{"subnet":"$PODS.$1.0/24"}]],"routes":[{"dst":"0.0.0.0/0"}]}},
 {"type":"portmap","capabilities":{"portMappings":true}}]}
J
  # restrict_oom_score_adj: without CAP_SYS_RESOURCE runc can't lower it, and every pod sandbox fails.
  cat >"$2/containerd.toml" <<J
version = 2
root = "$2/containerd"
state = "$2/run/containerd"
[grpc]
  address = "$(containerd_socket "$1")"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "docker.io/millrace/pause:1"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$2/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
J
  # cgroupsPerQOS: several kubelets on one host would share their groups. cgroupfs: there may be no systemd.
  cat >"$2/kubelet.yaml" <<J
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $CLUSTER_DIR/pki/ca.crt}}
authorization: {mode: Webhook}
tlsCertFile: $CLUSTER_DIR/pki/n$1.crt
tlsPrivateKeyFile: $CLUSTER_DIR/pki/n$1.key
clusterDNS: [$SERVICES.0.10]
clusterDomain: cluster.local
resolvConf: $2/resolv.conf
containerRuntimeEndpoint: unix://$(containerd_socket "$1")
podLogsDir: $2/podlogs
cgroupDriver: cgroupfs
cgroupsPerQOS: false
enforceNodeAllocatable: []
failCgroupV1: false
failSwapOn: false
oomScoreAdj: 0
nodeStatusUpdateFrequency: 4s
evictionHard: {memory.available: 100Mi}
imageGCHighThresholdPercent: 100
J
  cat >"$2/proxy.yaml" <<J
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clientConnection: {kubeconfig: $CLUSTER_DIR/proxy.conf}
hostnameOverride: n$1
mode: iptables
oomScoreAdj: 0
conntrack: {maxPerCore: 0, min: 0}
J
}
