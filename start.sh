#!/usr/bin/env bash
# Does what `make run` does: sets everything up and serves the dashboard. Options are the server's:
#   ./start.sh --port 5001
set -eu
cd "$(dirname "$0")"
exec make run ARGS="$*"
