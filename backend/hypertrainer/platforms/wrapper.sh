# The wrapper: runs one attempt of one job and tells the truth about it. bash and coreutils only.
#
# Above this line stand the job's own values (ht_attempt ht_grace ht_limit ht_warning ht_warning_seconds
# ht_folder ht_setup ht_command ht_mark ht_job_id) and exports. Records are `name=value` lines; the last is `end=1`.

ht_home=$ht_folder/.hypertrainer
ht_got= ht_told= ht_woken= ht_child= ht_timer= ht_doomed= ht_cause= ht_reason=

ht_now() {
  ht_time=${EPOCHREALTIME:-}
  [[ $ht_time ]] || printf -v ht_time '%(%s)T' -1
  ht_time=${ht_time/,/.}  # some languages write 0,5
}

# Of the first thousand, as many as anybody fetches and as a record holds: what matters most first.
ht_sizes() (
  cd -- "$ht_folder" && shopt -s nullglob || exit 0
  LC_ALL=C
  set +f  # which a setup line may have left on
  set -- out.txt err.txt *.log *.txt
  PATH=$ht_path exec stat -L -c 'size=%s %n' -- "${@:1:1000}" 2>/dev/null
)

# ht_end CODE: writes exit.N. No code: the command never started.
ht_end() {
  local temporary=$ht_home/.exit.$ht_attempt.$$
  ht_now
  {
    printf 'code=%s\nsignal=%s\nat=%s\ncause=%s\nreason=%s\n' \
      "$1" "$ht_got" "$ht_time" "$ht_cause" "${ht_reason//$'\n'/ }"
    ht_sizes
    printf 'end=1\n'
  } > "$temporary" && PATH=$ht_path mv -f -- "$temporary" "$ht_home/exit.$ht_attempt" ||
    PATH=$ht_path rm -f -- "$temporary"
}

# ht_refuse REASON [CAUSE]: ends the attempt before its command started.
ht_refuse() {
  trap - EXIT
  ht_reason=$1 ht_cause=${2:-}
  ht_end ''
  exit 97
}

# Of two wrappers of one attempt, one runs. The same owner passes: its queue started it again.
ht_claim() {
  local claim=$ht_home/claim/$ht_attempt owner= tries
  [[ -d $ht_home/claim ]] || PATH=$ht_path mkdir -p -- "$ht_home/claim"
  set -C  # the file is made by us, or not at all
  if exec 9> "$claim"; then
    set +C
    printf '%s\n' "$ht_owner" >&9 || ht_refuse "the claim could not be written: $claim"
    exec 9>&-
    return
  fi
  set +C
  [[ -e $claim ]] || ht_refuse "the claim could not be written: $claim"
  for tries in 1 2 3 4 5; do
    owner=$(< "$claim")
    [[ $owner == *end=1 ]] && break
    PATH=$ht_path sleep 1
  done
  if [[ $owner == "$ht_owner" ]]; then
    PATH=$ht_path rm -f -- "$ht_home/exit.$ht_attempt"
    return
  fi
  ht_now
  printf 'owner=%s\njob_id=%s\nat=%s\n' \
    "${owner//$'\n'/ }" "$ht_job_id" "$ht_time" >> "$ht_home/dup.$ht_attempt"
  exit 95
}

# Who this is: the queue's job, or without a queue this very process. Its number alone is used again.
ht_introduce() {
  ht_boot= ht_host=
  { read -r ht_boot < /proc/sys/kernel/random/boot_id; } 2>/dev/null
  { read -r ht_host < /proc/sys/kernel/hostname; } 2>/dev/null
  ht_stat "$$"
  ht_began=$ht_start
  ht_own_session=-
  if [[ $ht_session == "$$" ]]; then ht_own_session=$$; fi
  ht_owner="job_id=$ht_job_id"
  [[ $ht_job_id ]] || ht_owner="pid=$$"$'\n'"process_start=$ht_began"$'\n'"boot_id=$ht_boot"
  ht_owner+=$'\n'end=1
  ht_job_id=${ht_job_id:-$$}
}

ht_start_record() {
  ht_now
  printf 'pid=%s\nprocess_start=%s\nboot_id=%s\nhost=%s\njob_id=%s\nat=%s\nend=1\n' \
    "$$" "$ht_began" "$ht_boot" "$ht_host" "$ht_job_id" "$ht_time" > "$ht_home/start.$ht_attempt"
}

# Whoever stops a job writes stop.N first and looks for start.N then; here it is the other way round.
ht_refuse_if_stopped() {
  [[ -e $ht_home/stop.$ht_attempt || $ht_got == @(TERM|INT|HUP) ]] || return 0
  ht_refuse "stopped before start" cancelled
}

# ht_forward SIGNAL: to the command. A queue that announces a KILL by a signal of its own means another
# one; it announces a pause by USR1, of which a program that never asked for USR1 would die.
ht_forward() {
  local name=$1
  ht_woken=1
  if [[ $ht_notice ]]; then
    if [[ $name == "$ht_notice" ]]; then name=$ht_meant; ht_doom
    elif [[ $name == USR1 && $ht_meant != USR1 ]]; then return 0; fi
  fi
  ht_got=$name
  [[ $ht_child ]] || return 0
  ht_told=$name
  kill -s "$name" -- "-$ht_child"
}

# ht_alarm SECONDS: an ALRM after that time, from a process group of its own. It sleeps in short
# pieces, so as not to outlive a killed wrapper for long.
ht_alarm() {
  set -m
  (
    for (( left = $1; left > 0; left -= 30 )); do
      PATH=$ht_path sleep "$(( left < 30 ? left : 30 ))"
      ht_stat "$$" && [[ $ht_start == "$ht_began" ]] || exit 0
    done
    kill -s ALRM "$$"
  ) 3>&- 4>&- &
  ht_timer=$!
  set +m
}

# ht_doom: such a queue kills this process, but not the program's group. It is killed in time by us.
ht_doom() {
  [[ $ht_child && ! $ht_doomed ]] || return 0
  ht_doomed=1
  if [[ $ht_timer ]]; then kill -s KILL -- "-$ht_timer"; wait "$ht_timer"; fi
  if [[ $ht_meant == TERM ]]; then ht_alarm "$ht_grace"
  else ht_alarm "$(( ht_warning_seconds > 5 ? ht_warning_seconds - 5 : 1 ))"; fi
}

ht_out_of_time() {
  ht_woken=1 ht_timer=
  kill -0 "$ht_child" || return 0  # it ended just in time
  if [[ $ht_doomed ]]; then
    kill -s KILL -- "-$ht_child"
    return
  fi
  if [[ $ht_warning ]]; then
    kill -s "$ht_warning" -- "-$ht_child"
    ht_warning=
    ht_alarm "$ht_warning_seconds"
    return
  fi
  if [[ $ht_cause ]]; then
    kill -s KILL -- "-$ht_child"
    return
  fi
  ht_cause=timed_out ht_reason="the time limit of $ht_limit seconds was reached"
  kill -s TERM -- "-$ht_child"
  ht_alarm "$ht_grace"
}

ht_launch() {
  set -m  # a process group of its own, and SIGINT not ignored
  (exec -- "${ht_command[@]}") < /dev/null >&3 2>&4 3>&- 4>&- &
  ht_child=$!
  set +m
  if [[ $ht_got == @(TERM|INT|HUP) && ! $ht_told ]]; then ht_forward "$ht_got"; fi
  [[ $ht_limit ]] || return 0
  if (( ht_limit <= ht_warning_seconds )); then ht_warning=; fi
  if [[ $ht_warning ]]; then ht_alarm "$(( ht_limit - ht_warning_seconds ))"; else ht_alarm "$ht_limit"; fi
}

# A trapped signal ends `wait` early, with a status that is not the command's.
ht_await() {
  local before=
  while :; do
    ht_woken=
    wait "$ht_child"
    ht_code=$?
    # Where one signal ends the program and reaches us in the same moment, as a queue sends it to
    # both, bash forgets what it has just waited for: -1. That it was that signal is what is known.
    if [[ $before && $ht_code == @(-1|127) ]]; then ht_code=$before; break; fi
    [[ $ht_woken ]] || break
    before=$ht_code
  done
  if [[ $ht_timer ]]; then kill -s KILL -- "-$ht_timer"; wait "$ht_timer"; fi
}

# ht_candidates: in ht_pids, the processes that may be the command's. In a young job they are numbered
# between the wrapper and the newest process, which spares a walk through all of them.
ht_candidates() {
  local newest= pid
  if (( SECONDS < 5 )) && read -r _ _ _ _ newest < /proc/loadavg &&
    (( newest > $$ && newest - $$ < 200 )); then
    ht_pids=()
    for (( pid = $$ + 1; pid <= newest; pid++ )); do
      if [[ -d /proc/$pid ]]; then ht_pids+=("$pid"); fi
    done
  else
    ht_processes
  fi
}

ht_leftovers() {
  ht_candidates
  ht_members "$ht_own_session" "$ht_child" "$ht_mark" "${ht_pids[@]}"
  (( ${#ht_found[@]} ))
}

ht_end_leftovers() {
  local deadline tries
  ht_leftovers || return 0
  kill -s TERM "${ht_found[@]}"
  kill -s CONT "${ht_found[@]}"
  (( deadline = SECONDS + ht_grace ))
  while ht_leftovers && (( SECONDS < deadline )); do PATH=$ht_path sleep 0.05; done
  for tries in {1..20}; do
    ht_leftovers || return 0
    kill -s KILL "${ht_found[@]}"
    PATH=$ht_path sleep 0.05
  done
}

# ht_explain: whether a 126 or 127 is the shell's word for a command that never started, and why.
ht_explain() {
  local program=${ht_command[0]} interpreter=
  [[ $program == */* ]] || program=$(type -P -- "$program")
  if [[ ! $program ]]; then ht_reason="the command was not found: ${ht_command[0]}"
  elif [[ ! -e $program ]]; then ht_reason="the program does not exist: $program"
  elif [[ -d $program ]]; then ht_reason="the program is a folder: $program"
  elif [[ ! -x $program ]]; then ht_reason="the program may not be executed (chmod +x): $program"
  else
    { read -r interpreter < "$program"; } 2>/dev/null
    [[ $interpreter =~ ^'#!'[[:space:]]*([^[:space:]]+) ]] || return 1
    [[ ! -x ${BASH_REMATCH[1]} ]] || return 1
    ht_reason="the program's interpreter does not exist: ${BASH_REMATCH[1]} (of $program)"
  fi
}

ht_set_traps() {
  local name
  for name in TERM INT HUP USR1 USR2; do trap "ht_forward $name" "$name"; done
  trap ht_out_of_time ALRM
}

# --- from here on it happens ---

ht_set_traps
ht_introduce
ht_claim
ht_start_record || ht_refuse "the start record could not be written in $ht_home; is the disk full?"
ht_refuse_if_stopped
exec 3>> "$ht_folder/out.txt" || ht_refuse "out.txt could not be opened in $ht_folder"
exec 4>> "$ht_folder/err.txt" || ht_refuse "err.txt could not be opened in $ht_folder"
cd -- "$ht_folder" || ht_refuse "the folder cannot be entered: $ht_folder"

trap 'ht_refuse "a setup line ended the shell: $ht_line"' EXIT
for ht_line in "${ht_setup[@]}"; do  # outside of any function: what it declares is to last
  eval "$ht_line" < /dev/null >&3 2>&4
  ht_code=$?
  set +eum
  (( ht_code == 0 )) && continue
  ht_refuse_if_stopped
  ht_refuse "the setup line failed with exit code $ht_code: $ht_line (err.txt says more; end the \
line with || true if that does not matter)"
done
trap - EXIT
ht_set_traps
unset IFS
cd -- "$ht_folder" || ht_refuse "the folder cannot be entered: $ht_folder"
ht_refuse_if_stopped

ht_launch
ht_await
ht_end_leftovers
if [[ $ht_code == 12[67] ]] && ht_explain; then
  ht_end ''
else
  ht_end "$ht_code"
fi
exit "$ht_code"
