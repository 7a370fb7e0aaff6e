# Asks a place about itself, in sections that are asked all at once. None is waited for too long: a file
# system or a driver that hangs takes no signals. Above this line stand ht_mark ht_folder ht_python ht_setup
# ht_exports; a section is told as `MARK NAME`, its lines `ht NAME VALUE`, and `MARK whole` if it came to its end.

SECONDS=0
ht_patience=18
ht_setup_seconds=10
ht_timeout=$(type -P timeout)

ht_fact() { printf 'ht %s %s\n' "$1" "${2//[$'\n\r']/ }"; }

ht_now() {
  local now=${EPOCHREALTIME:-$(date +%s.%N)}
  printf '%s\n' "${now/,/.}"  # some languages write 0,5
}

# ht_about_machine: facts of it, and where commands are that jobs need.
ht_about_machine() {
  local value size name
  ht_fact user "$(id -un 2>/dev/null || id -u)"
  { read -r value < /proc/sys/kernel/hostname; } 2>/dev/null
  ht_fact host "${value:-$(uname -n)}"
  ht_fact kernel "$(uname -sr)"
  ht_fact system "$(. /etc/os-release 2>/dev/null && printf '%s' "$PRETTY_NAME")"
  ht_fact cores "$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN)"
  while read -r name size _; do
    [[ $name == MemTotal: ]] && ht_fact memory_kib "$size" && break
  done < /proc/meminfo
  ht_fact bash "$BASH_VERSION"
  ht_fact shell "$SHELL"
  for name in setsid tar gzip nvidia-smi; do ht_fact "$name" "$(type -P "$name")"; done
}

# ht_about_folder: whether the output folder, or what it will be made in, takes a file, and how much more.
ht_about_folder() {
  local place=${ht_folder/#'~/'/$HOME/} file said
  while [[ ! -d $place && $place == */* ]]; do
    [[ -e $place ]] && ht_fact refusal "Not a directory: $place"
    place=${place%/*}
  done
  place=${place:-/}
  file=$place/.hypertrainer-check.$$
  # more than fits beside a file's name
  if said=$({ printf '%65536s' '' > "$file"; } 2>&1) && [[ ! $said ]]; then ht_fact writable yes; fi
  rm -f -- "$file"
  ht_fact refusal "$said"
  ht_fact free_bytes "$(df -P -B1 -- "$place" | { read -r _; read -r _ _ _ free _; echo "$free"; })"
  ht_fact free_inodes "$(df -P -i -- "$place" | { read -r _; read -r _ _ _ free _; echo "$free"; })"
}

# ht_about_setup: runs the setup lines as a job does, and looks for the Python then. What the lines print is
# between the marks; nothing of them is left behind.
ht_about_setup() {
  local began=$SECONDS code pid alarm
  set -m
  ht_set_up &
  pid=$!
  { sleep "$ht_setup_seconds"; kill -s KILL -- "-$pid"; } > /dev/null 2>&1 &
  alarm=$!
  wait "$pid"
  code=$?
  kill -s KILL -- "-$alarm"
  kill -s KILL -- "-$pid"
  if (( code == 137 && SECONDS - began >= ht_setup_seconds )); then printf '\n%s late\n' "$ht_mark"; fi
}

ht_set_up() {
  local ht_out ht_number ht_code
  exec {ht_out}>&1
  if (( ${#ht_exports[@]} )); then export "${ht_exports[@]}"; fi
  for ht_number in "${!ht_setup[@]}"; do
    printf '\n%s line %s\n' "$ht_mark" "$ht_number" >&"$ht_out"
    eval "${ht_setup[ht_number]}" < /dev/null 2>&1
    ht_code=$?
    set +eum
    (( ht_code == 0 )) && continue
    printf '\n%s failed %s\n' "$ht_mark" "$ht_code" >&"$ht_out"
    return
  done
  unset IFS
  ht_python=$(type -P -- "${ht_python/#'~/'/$HOME/}")
  printf '\n%s ready %s\n' "$ht_mark" "$ht_python" >&"$ht_out"
  if [[ $ht_python ]]; then
    ht_code=$("$ht_timeout" 5 "$ht_python" --version 2>&1)
    printf '%s version %s\n' "$ht_mark" "${ht_code//$'\n'/ }" >&"$ht_out"
  fi
}

# ht_about_login: what may be wrong with a machine that runs jobs without a queue: it has one, or it ends
# the processes of those who have logged out. Answers of a queue are asked for: a command alone is none.
ht_about_login() {
  if type -P sinfo; then ht_belongs Slurm slurm sinfo -h -o %R; fi
  if type -P qconf; then ht_belongs SGE sge qconf -sh; fi
  if type -P pbsnodes; then ht_belongs PBS pbs qstat -B; fi
  if type -P lsid; then ht_belongs LSF lsf lsid; fi
  ht_fact linger "$(timeout 3 loginctl show-user "$(id -un)" -p Linger)"
  ht_fact kills "$(timeout 3 loginctl show-session -p KillUserProcesses -p KillExcludeUsers -p KillOnlyUsers)"
} 2>/dev/null

# ht_belongs TITLE TYPE COMMAND…
ht_belongs() {
  timeout 5 "${@:3}" > /dev/null
  if (( $? == 0 || $? == 124 )); then ht_fact queue "$2 $1"; fi
}

# ht_tell NAME DESCRIPTOR
ht_tell() {
  local text left=$(( ht_patience - SECONDS ))
  IFS= read -r -d '' -t "$(( left > 0 ? left : 1 ))" text <&"$2"
  printf '\n%s %s\n%s\n' "$ht_mark" "$1" "$text"
}

ht_end() { printf '\n%s whole\n' "$ht_mark"; }

printf '%s at %s\n' "$ht_mark" "$(ht_now)"
