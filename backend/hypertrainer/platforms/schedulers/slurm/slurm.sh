# Slurm's part of the scripts; see queue.sh. Times are asked for in UTC, whatever the place's own is.

export LC_ALL=C TZ=UTC0 SLURM_TIME_FORMAT=standard
# A user's own defaults are to shape jobs, but neither our questions nor what becomes of one job.
unset "${!SQUEUE_@}" "${!SACCT_@}" "${!SCANCEL_@}" "${!SCONTROL_@}" "${!SINFO_@}" \
  SBATCH_ARRAY_INX SBATCH_WAIT SBATCH_CLUSTERS
if [[ ${SLURM_JOB_ID:-} ]]; then  # we run in a job ourselves, whose size is not to be inherited
  for ht_name in "${!SLURM_@}"; do
    [[ $ht_name == @(SLURM_CONF*|SLURM_CLUSTERS|SLURM_JWT|SLURM_TIME_FORMAT) ]] || unset "$ht_name"
  done
fi
ht_slice=2000  # names or ids in one command
ht_is_over='^(BOOT_FAIL|DEADLINE|FAILED|NODE_FAIL|OUT_OF_MEMORY|PREEMPTED|TIMEOUT|CANCELLED)'

# ht_joined WORD…: with commas between them, in ht_names.
ht_joined() {
  local IFS=,
  ht_names=$*
}

# ht_queue FORMAT STATES: the jobs of ht_keys in these states, in ht_answer.
ht_queue() {
  local first lines=
  for (( first = 0; first < ${#ht_keys[@]}; first += ht_slice )); do
    ht_joined "${ht_keys[@]:first:ht_slice}"
    ht_ask squeue --user="$UID" --name="$ht_names" -h -t "$2" -o "$1" || return 1
    lines+=$ht_answer$'\n'
  done
  ht_answer=$lines
}

# ht_list: first squeue; then sacct for what squeue has forgotten.
ht_list() {
  local mark key rest key_missing
  local -A missing=()
  local -a over=()
  ht_queue 'ht %j squeue %i|%T|%M|%S|%N|%r' all || return 1
  printf '%s\n' "$ht_answer"
  for key in "${ht_keys[@]}"; do missing[$key]=1; done
  while read -r mark key _ rest; do
    [[ $mark == ht && $key ]] || continue
    unset "missing[$key]"
    if [[ ${rest#*|} =~ $ht_is_over ]]; then over+=("$key ${rest%%|*}"); fi
  done <<< "$ht_answer"
  ht_codes "${over[@]:0:20}"
  if (( ${#missing[@]} )); then ht_history "${!missing[@]}"; fi
  return 0
}

# ht_codes "KEY ID"…: the exit codes, which squeue does not know.
ht_codes() {
  local one
  for one; do
    ht_ask scontrol -o show job "${one#* }" || continue
    if [[ $ht_answer =~ \ ExitCode=([0-9]+:[0-9]+) ]]; then
      printf 'ht %s code %s|%s\n' "${one% *}" "${one#* }" "${BASH_REMATCH[1]}"
    fi
  done
}

# ht_history KEY…: what the accounting knows of jobs, if there is any accounting.
ht_history() {
  local id first
  local -A names=()
  local -a ids=() bare=()
  for first; do names[$first]=1; done
  for id in "${!ht_key_of[@]}"; do
    if [[ ${names[${ht_key_of[$id]}]:-} ]]; then ids+=("$id"); fi
  done
  for id in "${ht_bare[@]}"; do
    if [[ ${names[$id]:-} ]]; then bare+=("$id"); fi
  done
  for (( first = 0; first < ${#ids[@]}; first += ht_slice )); do
    ht_joined "${ids[@]:first:ht_slice}"
    ht_accounted -j "$ht_names" || { ht_unsure "$@"; return; }
  done
  for (( first = 0; first < ${#bare[@]}; first += ht_slice )); do
    ht_joined "${bare[@]:first:ht_slice}"
    ht_accounted -S now-30days --name="$ht_names" || { ht_unsure "$@"; return; }
  done
}

# ht_accounted OPTION…: tells what sacct says; 1: it did not answer, though it should.
ht_accounted() {
  local id name rest
  type -P sacct > /dev/null || return 0
  if ! ht_ask sacct -X -n -P -o JobIDRaw,JobName,State,Elapsed,ExitCode,NodeList,Reason "$@"; then
    [[ $ht_answer == *'accounting storage is disabled'* ]]
    return
  fi
  while IFS='|' read -r id name rest; do
    if [[ $rest ]]; then printf 'ht %s sacct %s|%s\n' "$name" "$id" "$rest"; fi
  done <<< "$ht_answer"
}

ht_unsure() {
  local key
  for key; do printf 'ht %s unsure %s\n' "$key" "$ht_text"; done
}

# ht_tell: scancel takes one name only, and is slow with it: the queue turns names into ids.
ht_tell() {
  local id state
  local -a pending=() others=()
  ht_queue 'ht %i %T' PENDING,RUNNING,SUSPENDED,CONFIGURING,STOPPED,REQUEUED || return 1
  while read -r state id rest; do
    [[ $state == ht && $rest ]] || continue
    if [[ $rest == @(PENDING|REQUEUED)* ]]; then pending+=("$id"); else others+=("$id"); fi
  done <<< "$ht_answer"
  case $1 in
    CHECKPOINT)
      ht_cancel --batch --signal="$2" "${others[@]}" && ht_cancel "${pending[@]}" ;;
    KILL)
      ht_cancel --full --signal=KILL "${others[@]}" && ht_cancel "${ht_ids[@]}" "${pending[@]}" "${others[@]}" ;;
    *) ht_cancel "${ht_ids[@]}" "${pending[@]}" "${others[@]}" ;;
  esac
}

# ht_cancel [OPTION…] ID…: a job that has ended, or ends now, is no failure.
ht_cancel() {
  local code=0 line others=
  [[ ${*: -1} == [0-9]* ]] || return 0
  ht_ask scancel "$@" && return 0
  while IFS= read -r line; do
    case $line in
      *'Invalid job id'*|*'lready complet'*|*'can not be altered now'*|'') ;;
      *) others+="$line " ;;
    esac
  done <<< "$ht_answer"
  [[ $others || $ht_text == *'did not answer'* ]] || return 0
  return 1
}

# ht_test PARTITION SECONDS -- COMMAND…: what would become of a job.
ht_test() {
  local code line
  ht_can_ask || return 0
  printf 'ht ! wish %s|%s\n' "$1" "$2"
  ht_answer=$(printf '#!/bin/bash\n:\n' | timeout -k 2 8 "${@:4}" 2>&1)
  code=$?
  ht_plain "$ht_answer"
  printf 'ht ! test %s %s\n' "$code" "$ht_text"
  ht_ask_seconds=4
  ht_ask scontrol -o show partition || return 0
  while IFS= read -r line; do printf 'ht ! partition %s\n' "$line"; done <<< "$ht_answer"
}

# ht_look_around: about Slurm itself, for a check.
ht_look_around() {
  local line list=
  ht_ask_seconds=5
  if ! type -P sbatch > /dev/null; then
    printf 'ht slurm_missing %s\n' "$ht_host"
    return
  fi
  if ht_ask sbatch --version; then printf 'ht slurm_version %s\n' "${ht_answer##* }"; fi
  ht_ask_seconds=12  # a dead controller is given up after about 9
  if ! ht_ask scontrol show config; then
    printf 'ht slurm_down %s\n' "$ht_text"
    return
  fi
  while read -r line _ rest; do
    case $line in
      ClusterName) printf 'ht slurm_cluster %s\n' "$rest" ;;
      MinJobAge) printf 'ht slurm_min_job_age %s\n' "${rest%% *}" ;;
      KillWait) printf 'ht slurm_kill_wait %s\n' "${rest%% *}" ;;
    esac
  done <<< "$ht_answer"
  ht_ask_seconds=4
  if ht_ask sinfo -h -o '%R|%a|%l|%F|%G'; then
    while IFS= read -r line; do list+="$line;"; done <<< "$ht_answer"
    printf 'ht slurm_partitions %s\n' "$list"
  fi
  if ht_ask sacct -X -n -P -S now -o JobID; then
    printf 'ht slurm_sacct yes\n'
    if ht_ask sacctmgr -n -P show user "$(id -un)" format=DefaultAccount; then
      read -r line <<< "$ht_answer"
      printf 'ht slurm_account %s\n' "$line"
    fi
  else
    printf 'ht slurm_sacct no %s\n' "$ht_text"
  fi
}
