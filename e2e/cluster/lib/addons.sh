# What Kubernetes itself leaves to others: the sandbox image, DNS, local volumes. Sourced.
addon_images() {
  local build=$CLUSTER_DIR/build pack="$CLUSTER_HERE/../../node_modules/.bin/node $CLUSTER_HERE/../../image/pack.ts"
  mkdir -p "$CLUSTER_DIR/images" "$build/pause" "$build/dns"
  cat >"$build/pause.c" <<'C'
#include <signal.h>
#include <unistd.h>
static void stop(int signal) { _exit(0); }
int main(void) { signal(SIGTERM, stop); for (;;) pause(); }
C
  gcc -static -O2 -o "$build/pause/pause" "$build/pause.c"
  cp "$CLUSTER_BIN/coredns" "$build/dns/"
  $pack --out "$CLUSTER_DIR/images/pause.tar" --name docker.io/millrace/pause:1 --command /pause "$build/pause"
  $pack --out "$CLUSTER_DIR/images/dns.tar" --name docker.io/millrace/coredns:1 --command /coredns "$build/dns"
}

load_image() { # ARCHIVE
  cp "$1" "$CLUSTER_DIR/images/" # for nodes that boot later
  local i
  for i in $(nodes); do containers "$i" images import "$1" >/dev/null; done
}

addons() {
  sed "s/@DNS@/$SERVICES.0.10/" "$CLUSTER_HERE/dns.yaml" | kubectl apply -f - >/dev/null
  { storage_class; volumes; } | kubectl apply -f - >/dev/null
}

storage_class() {
  cat <<'J'
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: local, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}
provisioner: kubernetes.io/no-provisioner
volumeBindingMode: WaitForFirstConsumer
J
}

volumes() {
  local i v
  for i in $(nodes); do for v in $(seq "$VOLUMES"); do volume "$i" "$v"; done; done
}

volume() { # NODE NUMBER
  local directory=$CLUSTER_DIR/volumes/n$1-$2 mode=ReadWriteOnce
  [ $(($2 % 2)) = 0 ] || mode=ReadWriteOncePod # the API refuses both on one volume
  mkdir -p "$directory"                        # it must exist before a pod mounts it
  cat <<J
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: n$1-$2}
spec:
  capacity: {storage: 10Gi}
  accessModes: [$mode]
  storageClassName: local
  persistentVolumeReclaimPolicy: Retain
  local: {path: $directory}
  nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [n$1]}]}]}}
J
}

# Nothing hands out a released local volume again: empties those that no claim has any more, and makes them anew.
volumes_recycle() {
  local name
  exec 9>"$CLUSTER_DIR/recycle.lock"
  flock 9 # one at a time: what another one is emptying is not missing
  for name in $(kubectl get pv -o 'jsonpath={range .items[?(@.status.phase=="Released")]}{.metadata.name}{"\n"}{end}'); do
    kubectl delete pv "$name" --wait >/dev/null
    find "$CLUSTER_DIR/volumes/$name" -mindepth 1 -delete
    name=${name#n}
    volume "${name%-*}" "${name#*-}" | kubectl apply -f - >/dev/null
  done
}
