#!/bin/sh
# Finds a service and calls it: find-and-call.sh dns|environment|api SERVICE
set -eu
if [ $# -ne 2 ]; then
  echo "usage: find-and-call.sh dns|environment|api SERVICE" >&2
  exit 2
fi
way=$1
service=$2

case $way in
  dns)
    server=${WEFT_DNS:-127.0.0.1:1053}
    name=$service.default.svc.cluster.local
    ask() {
      dig +short "@${server%:*}" -p "${server#*:}" "$@" | head -n 1
    }
    address=$(ask "$name" A)
    if [ -z "$address" ]; then
      echo "find-and-call.sh: $name: no such record" >&2
      exit 1
    fi
    port=$(ask "_http._tcp.$name" SRV | cut -d ' ' -f 3) # of the port called http: priority, weight, port, target
    ;;
  environment)
    variable=$(echo "$service" | tr 'a-z-' 'A-Z_')
    address=$(printenv "${variable}_SERVICE_HOST")
    port=$(printenv "${variable}_SERVICE_PORT")
    ;;
  api)
    found=$(kubectl --server "${WEFT_API:-http://127.0.0.1:8001}" get service "$service" \
      -o jsonpath='{.spec.clusterIP}:{.spec.ports[0].port}')
    address=${found%:*}
    port=${found#*:}
    ;;
  *)
    echo "find-and-call.sh: $way: expected dns, environment or api" >&2
    exit 2
    ;;
esac

exec curl --silent --show-error --fail --max-time 5 "http://$address:$port/"
