# etcd, API server, controller manager, scheduler. Sourced.
etcd_start() {
  on_control etcd --data-dir "$CLUSTER_DIR/etcd" --listen-client-urls http://127.0.0.1:2379 \
    --advertise-client-urls http://127.0.0.1:2379 --listen-peer-urls http://127.0.0.1:2380 >"$CLUSTER_DIR/log/etcd.log" 2>&1 &
}

api_start() {
  cd "$CLUSTER_DIR/pki"
  nsenter --net="/run/netns/$NETNS" "$CLUSTER_BIN/kube-apiserver" --etcd-servers=http://127.0.0.1:2379 \
    --bind-address=0.0.0.0 --advertise-address=$NET.1 --service-cluster-ip-range=$SERVICES.0.0/16 \
    --tls-cert-file=apiserver.crt --tls-private-key-file=apiserver.key --client-ca-file=ca.crt \
    --service-account-issuer=https://kubernetes.default.svc --service-account-key-file=sa.pub \
    --service-account-signing-key-file=sa.key --allow-privileged \
    --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction \
    --kubelet-preferred-address-types=InternalIP --kubelet-certificate-authority=ca.crt \
    --kubelet-client-certificate=admin.crt --kubelet-client-key=admin.key >>"$CLUSTER_DIR/log/apiserver.log" 2>&1 &
  echo $! >"$CLUSTER_DIR/apiserver.pid"
  until_true 60 kubectl get --raw /readyz
}

api_stop() { kill -9 "$(cat "$CLUSTER_DIR/apiserver.pid")"; }

controllers_start() {
  cd "$CLUSTER_DIR/pki"
  # A node that is silent for 20 s instead of 50 is not ready: scenarios would wait for nothing else.
  on_control "$CLUSTER_BIN/kube-controller-manager" --kubeconfig "$CLUSTER_DIR/manager.conf" --leader-elect=false \
    --service-account-private-key-file=sa.key --root-ca-file=ca.crt --use-service-account-credentials \
    --cluster-signing-cert-file=ca.crt --cluster-signing-key-file=ca.key \
    --node-monitor-grace-period=20s >"$CLUSTER_DIR/log/manager.log" 2>&1 &
  on_control "$CLUSTER_BIN/kube-scheduler" --kubeconfig "$CLUSTER_DIR/scheduler.conf" --leader-elect=false \
    >"$CLUSTER_DIR/log/scheduler.log" 2>&1 &
}
