# Sourced: start_broker DIRECTORY runs a broker on free ports and sets CLIENT, DATA and HTTP; stop_broker ends it.
broker_pid=

start_broker() {
  local output="$1.out"
  MILLRACE_LOG_FORMAT=json MILLRACE_DATA="$1" node broker/start.js \
    --client-port 0 --data-port 0 --http-port 0 --peer-port 0 --peer-data-port 0 > "$output" 2> "$output.err" &
  broker_pid=$!
  for _ in $(seq 100); do
    [ -s "$output" ] && break
    kill -0 "$broker_pid" 2> /dev/null || { cat "$output.err"; return 1; }
    sleep 0.1
  done
  local port
  port() { node -p "JSON.parse(require('fs').readFileSync('$output')).ports.$1"; }
  CLIENT=127.0.0.1:$(port client)
  DATA=127.0.0.1:$(port data)
  HTTP=127.0.0.1:$(port http)
  export CLIENT DATA HTTP
}

stop_broker() {
  [ -n "$broker_pid" ] || return 0
  kill "$broker_pid" 2> /dev/null || true
  wait "$broker_pid" 2> /dev/null || true
  broker_pid=
}
