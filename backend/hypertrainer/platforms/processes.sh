# What the wrapper and the scripts that start, look for and stop jobs share. Builtins only: no forks.

# ht_record FILE: a whole record's pid, process_start, boot_id and host, in ht_pid, ht_began, ht_boot
# and ht_where.
ht_record() {
  local name value is_whole=
  ht_pid= ht_began= ht_boot= ht_where=
  [[ -f $1 ]] || return 1
  while IFS='=' read -r name value; do
    case $name in
      pid) ht_pid=$value ;;
      process_start) ht_began=$value ;;
      boot_id) ht_boot=$value ;;
      host) ht_where=$value ;;
      end) is_whole=1 ;;
    esac
  done < "$1"
  [[ $is_whole && $ht_pid =~ ^[1-9][0-9]*$ ]]
}

# ht_stat PID: a process's ht_state, ht_group, ht_session and ht_start (its fields 3, 5, 6 and 22).
ht_stat() {
  local line= IFS=$' \n'
  ht_state= ht_group= ht_session= ht_start=
  { IFS= read -r -d '' line < "/proc/$1/stat"; } 2>/dev/null
  [[ $line ]] || return 1
  set -- ${line##*) }  # the name before it may hold anything
  ht_state=$1 ht_group=$3 ht_session=$4 ht_start=${20}
}

# ht_has_mark PID MARK: the process inherited the job's mark.
ht_has_mark() {
  local variable
  { while IFS= read -r -d '' variable; do
      [[ $variable == "$2" ]] && return 0
    done < "/proc/$1/environ"; } 2>/dev/null
  return 1
}

# ht_members SESSION GROUP MARK PID…: which of these live in the session or group, or bear the mark.
# A mark finds what has made itself a session of its own; a session what has hidden its environment.
ht_members() {
  local pid
  ht_found=()
  for pid in "${@:4}"; do
    [[ $pid != "$$" ]] && ht_stat "$pid" && [[ $ht_state != [ZXx] ]] || continue
    if [[ $ht_session == "$1" || $ht_group == "$2" ]] || ht_has_mark "$pid" "$3"; then
      ht_found+=("$pid")
    fi
  done
}

# ht_processes: every process's id, in ht_pids.
ht_processes() {
  ht_pids=(/proc/[0-9]*)
  ht_pids=("${ht_pids[@]#/proc/}")
}
