#!/bin/bash
# pglab.sh up|down|url DIR [PORT]: a PostgreSQL server from Debian's package, everything under DIR, loopback only.
# Called by root it runs the server as an unprivileged user, who must be able to pass DIR's parents.
set -euo pipefail
command=$1
folder=$(realpath -m "$2")
port=${3:-25432}
bin=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin | sort -V | tail -1)

as_server() {
  if [ "$(id -u)" = 0 ]; then runuser -u "${RUN_AS:-postgres}" -- "$@"; else "$@"; fi
}

up() {
  mkdir -p "$folder/pg"
  chmod 711 "$folder"
  [ "$(id -u)" != 0 ] || chown "${RUN_AS:-postgres}" "$folder/pg"
  as_server "$bin/initdb" -D "$folder/pg/data" -U lab -A trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null
  as_server tee -a "$folder/pg/data/postgresql.conf" >/dev/null <<EOF
listen_addresses='127.0.0.1'
port=$port
unix_socket_directories='$folder/pg'
fsync=off
synchronous_commit=off
full_page_writes=off
shared_buffers=64MB
max_connections=60
EOF
  as_server "$bin/pg_ctl" -D "$folder/pg/data" -l "$folder/pg/log" -w -t 30 start >/dev/null
  as_server "$bin/createdb" -h 127.0.0.1 -p "$port" -U lab lab
}

down() {
  as_server "$bin/pg_ctl" -D "$folder/pg/data" -m immediate -w stop >/dev/null
}

url() {
  echo "postgresql://lab@127.0.0.1:$port/lab"
}

"$command"
