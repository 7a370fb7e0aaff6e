# Starts, looks for and stops jobs on a machine without a queue. Every answer is a line
# `ht KEY WORD …`, so that whatever else is printed does not matter.

{ read -r ht_host < /proc/sys/kernel/hostname; } 2>/dev/null
{ read -r ht_boot_now < /proc/sys/kernel/random/boot_id; } 2>/dev/null

# ht_known ATTEMPT FOLDER: the attempt's process, by its own word or else its launcher's.
ht_known() {
  local home=$2/.hypertrainer
  ht_record "$home/start.$1" || ht_record "$home/claim/$1" || ht_record "$home/submitted.$1"
}

# ht_is_alive: whether the process last found by ht_record still lives.
ht_is_alive() {
  [[ $ht_boot == "$ht_boot_now" ]] && ht_stat "$ht_pid" &&
    [[ $ht_start == "$ht_began" && $ht_state != [ZXx] ]]
}

# ht_launch KEY ATTEMPT FOLDER MARK: starts a wrapper in a session of its own, once.
ht_launch() {
  local home=$3/.hypertrainer
  if ! ht_known "$2" "$3"; then
    if [[ ! -r $home/run.sh ]]; then
      printf 'ht %s rejected the wrapper is gone: %s\n' "$1" "$home/run.sh"
      return
    elif ! type -P setsid > /dev/null; then
      printf 'ht %s rejected setsid is missing: install util-linux\n' "$1"
      return
    fi
    (
      trap - INT QUIT  # which a background process would ignore, and its program after it
      HYPERTRAINER_JOB=$4 exec setsid bash "$home/run.sh"
    ) < /dev/null > /dev/null 2>&1 &
    ht_pid=$!
    ht_stat "$ht_pid"
    printf 'pid=%s\nprocess_start=%s\nboot_id=%s\nend=1\n' "$ht_pid" "$ht_start" "$ht_boot_now" \
      > "$home/submitted.$2"
  fi
  printf 'ht %s submitted %s %s\n' "$1" "$ht_pid" "$ht_host"
}

# ht_kin ATTEMPT FOLDER MARK: the job's processes but for its living wrapper, in ht_found.
ht_kin() {
  local session=- pid
  ht_wrapper=
  if ht_known "$1" "$2" && [[ $ht_boot == "$ht_boot_now" ]]; then
    if ht_is_alive; then ht_wrapper=$ht_pid session=$ht_pid
    elif ! ht_stat "$ht_pid" || [[ $ht_start == "$ht_began" ]]; then session=$ht_pid; fi
  fi
  ht_processes
  ht_members "$session" - "HYPERTRAINER_JOB=$3" "${ht_pids[@]}"
  local found=("${ht_found[@]}")
  ht_found=()
  for pid in "${found[@]}"; do
    if [[ $pid != "$ht_wrapper" ]]; then ht_found+=("$pid"); fi
  done
}

# ht_look KEY ATTEMPT FOLDER MARK: alive PID, left PID (without their wrapper), gone, restarted (the
# machine was), or elsewhere HOST, of which nothing can be told here. Only where the wrapper is dead and
# has left no exit record is it looked for among all processes.
ht_look() {
  if [[ -e $3/.hypertrainer/exit.$2 ]]; then
    printf 'ht %s gone\n' "$1"
    return
  elif ht_known "$2" "$3"; then
    if ht_is_alive; then
      printf 'ht %s alive %s %s\n' "$1" "$ht_pid" "$ht_host"
      return
    elif [[ $ht_where && $ht_where != "$ht_host" && $ht_boot != "$ht_boot_now" ]]; then
      printf 'ht %s elsewhere %s\n' "$1" "$ht_where"
      return
    elif [[ $ht_boot != "$ht_boot_now" ]]; then
      printf 'ht %s restarted\n' "$1"
      return
    fi
  fi
  ht_kin "$2" "$3" "$4"
  if [[ $ht_wrapper ]]; then
    printf 'ht %s alive %s %s\n' "$1" "$ht_wrapper" "$ht_host"
  elif (( ${#ht_found[@]} )); then
    printf 'ht %s left %s %s\n' "$1" "${ht_found[0]}" "$ht_host"
  else
    printf 'ht %s gone\n' "$1"
  fi
}

# ht_forbid KEY ATTEMPT FOLDER: a job that has not started yet never will.
ht_forbid() {
  local home=$3/.hypertrainer
  [[ -d $3 ]] || return 0
  [[ -d $home ]] || mkdir -p -- "$home"
  printf 'asked=1\nend=1\n' > "$home/stop.$2" ||
    printf 'ht %s failed the stop file could not be written in %s; is the disk full?\n' "$1" "$home"
}

# ht_tell KEY ATTEMPT FOLDER MARK SIGNAL: the wrapper passes it on; without one, its processes get it.
ht_tell() {
  ht_forbid "$@"
  [[ -e $3/.hypertrainer/exit.$2 ]] && return
  if ht_record "$3/.hypertrainer/start.$2" && ht_is_alive; then
    kill -s "$5" "$ht_pid" || ! ht_is_alive ||
      printf 'ht %s failed process %s may not be signalled\n' "$1" "$ht_pid"
    return
  fi
  ht_kin "$2" "$3" "$4"
  if [[ ! $ht_wrapper ]] && (( ${#ht_found[@]} )); then kill -s "$5" "${ht_found[@]}"; fi
}

# ht_kill KEY ATTEMPT FOLDER MARK: all but the wrapper, which records the end and ends by itself.
ht_kill() {
  local round
  ht_forbid "$@"
  [[ -e $3/.hypertrainer/exit.$2 ]] && return
  for round in 1 2 3 4 5; do
    ht_kin "$2" "$3" "$4"
    if [[ $ht_wrapper ]]; then kill -s CONT "$ht_wrapper"; fi
    (( ${#ht_found[@]} )) || break
    kill -s KILL "${ht_found[@]}"
  done
}
