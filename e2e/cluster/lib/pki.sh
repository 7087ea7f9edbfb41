# Certificates, and a kubeconfig for each who talks to the API server. Sourced; runs in $CLUSTER_DIR/pki.
certificate() { # NAME SUBJECT [ALTERNATIVE_NAMES]
  openssl req -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.csr" -subj "$2" 2>/dev/null
  openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -out "$1.crt" -days 365 \
    -extfile <(printf 'subjectAltName=%s\nextendedKeyUsage=clientAuth,serverAuth\n' "${3:-DNS:none}") 2>/dev/null
}

kubeconfig() { # NAME FILE
  local config=("$CLUSTER_BIN/kubectl" --kubeconfig "$2" config)
  "${config[@]}" set-cluster c --server=https://$NET.1:6443 --certificate-authority=ca.crt --embed-certs
  "${config[@]}" set-credentials u --client-certificate="$1.crt" --client-key="$1.key" --embed-certs
  "${config[@]}" set-context c --cluster=c --user=u
  "${config[@]}" use-context c
} >/dev/null

pki() {
  mkdir -p "$CLUSTER_DIR/pki"
  cd "$CLUSTER_DIR/pki"
  openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -days 365 -subj /CN=millrace-e2e 2>/dev/null
  openssl genrsa -out sa.key 2048 2>/dev/null
  openssl rsa -in sa.key -pubout -out sa.pub 2>/dev/null
  local names=DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc i
  certificate apiserver /CN=kube-apiserver "IP:$NET.1,IP:$SERVICES.0.1,IP:127.0.0.1,$names"
  certificate admin /O=system:masters/CN=admin
  certificate manager /CN=system:kube-controller-manager
  certificate scheduler /CN=system:kube-scheduler
  certificate proxy /CN=system:kube-proxy
  for i in $(nodes); do certificate "n$i" "/O=system:nodes/CN=system:node:n$i" "DNS:n$i,IP:$NET.1$i"; done
  for i in admin manager scheduler proxy $(for i in $(nodes); do echo "n$i"; done); do
    kubeconfig "$i" "$CLUSTER_DIR/$i.conf"
  done
}
