# Writes files whole or not at all. One line each: NONCE INDEX, then a reason where it failed.

# ht_put INDEX MODE PATH BASE64
ht_put() {
  local -x LC_ALL=C
  local reason
  if [[ -d $3 ]]; then
    reason='Is a directory'
  else
    reason=$(ht_put_file "$@" 2>&1) && reason= || reason=${reason:-it failed}
  fi
  printf '%s %s %s\n' "$ht_put_nonce" "$1" "${reason//$'\n'/ }"
}

ht_put_file() {
  local folder=${3%/*} temporary
  folder=${folder:-/}
  temporary=$folder/.ht-$ht_put_nonce-$1
  [[ -d $folder ]] || mkdir -p -- "$folder" || return
  umask 077
  if ht_put_content "$4" "$temporary" && { [[ $2 == 600 ]] || chmod "$2" -- "$temporary"; } &&
    mv -f -- "$temporary" "$3"; then return; fi
  rm -f -- "$temporary" 2>/dev/null
  return 1
}

ht_put_content() {
  printf %s "$1" | base64 -d > "$2" && return
  printf %s "$1" | base64 -d 2>/dev/null | cat > "$2"  # base64 does not say why: cat does
  return 1
}

# ht_receive MODE PATH SIZE: the same for one file whose content is the input.
ht_receive() {
  local -x LC_ALL=C
  local reason
  [[ ! -d $2 ]] || { printf '%s 0 Is a directory\n' "$ht_put_nonce"; return; }
  reason=$(ht_receive_file "$@" 2>&1) && reason= || reason=${reason:-it failed}
  printf '%s 0 %s\n' "$ht_put_nonce" "${reason//$'\n'/ }"
}

ht_receive_file() {  # in a shell of its own, which cleans up when it is cut off
  local folder=${2%/*} size
  folder=${folder:-/}
  temporary=$folder/.ht-$ht_put_nonce-0
  trap 'rm -f -- "$temporary"' EXIT
  trap 'exit 1' HUP INT TERM PIPE
  [[ -d $folder ]] || mkdir -p -- "$folder" || exit 1
  umask 077
  cat > "$temporary" || exit 1
  size=$(wc -c < "$temporary")
  (( size == $3 )) || { echo "only $((size)) of $3 bytes arrived" >&2; exit 1; }
  [[ $1 == 600 ]] || chmod "$1" -- "$temporary" || exit 1
  mv -f -- "$temporary" "$2" || exit 1
}
