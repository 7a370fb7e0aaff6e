# Asks and stops jobs of LSF. Lines for the parser: what `bjobs` prints, as JSON or behind `htb `, and
# `hth ` before each line of a job's history.

unset BSUB_QUIET  # which hides the new job's id
ht_fields='jobid stat job_name exit_code exit_reason pend_reason first_host'
ht_max_histories=10  # `bhist` reads through a log of events for each of them

# ht_bjobs OPTION…: bjobs, for which it is an error that there are no jobs.
ht_bjobs() {
  ht_ask bjobs "$@" && return 0
  [[ $ht_text != *'did not answer'* && $ht_answer == *@(No *job found|is not found|has not been found)* ]]
}

ht_list() {
  local id line
  local -a missing=()
  if ht_bjobs -a -json -o "$ht_fields"; then
    printf 'ht ! json\n%s\n' "$ht_answer"
  elif ht_bjobs -a -noheader -o "$ht_fields delimiter='|'"; then  # before 10.1 there is no JSON
    while IFS= read -r line; do printf 'htb %s\n' "$line"; done <<< "$ht_answer"
  else
    return 1
  fi
  for id in "${ht_ids[@]}"; do
    [[ $ht_answer == *"\"$id\""* || $'\n'$ht_answer == *$'\n'"$id|"* ]] || missing+=("$id")
  done
  type -P bhist > /dev/null || return 0
  for id in "${missing[@]:ht_max_histories}"; do
    printf 'ht %s unsure too many at once\n' "${ht_key_of[$id]}"
  done
  for id in "${missing[@]:0:ht_max_histories}"; do
    if ht_ask bhist -l "$id"; then
      while IFS= read -r line; do printf 'hth %s\n' "$line"; done <<< "$ht_answer"
    elif [[ $ht_text == *'did not answer'* ]]; then
      printf 'ht %s unsure %s\n' "${ht_key_of[$id]}" "$ht_text"
    fi
  done
}

# ht_states: the unfinished ones of our jobs, in ht_pending and ht_running.
ht_states() {
  local key id state
  ht_pending=() ht_running=()
  for key in "${ht_bare[@]}"; do
    ht_bjobs -noheader -o 'jobid' -J "$key" || return 1
    while read -r id; do
      if [[ $id =~ ^[0-9]+$ ]]; then ht_ids+=("$id"); fi
    done <<< "$ht_answer"
  done
  (( ${#ht_ids[@]} )) || return 0
  ht_bjobs -noheader -o "jobid stat delimiter='|'" "${ht_ids[@]}" || return 1
  while IFS='|' read -r id state; do
    [[ $id =~ ^[0-9]+$ ]] || continue
    if [[ $state == @(PEND|PSUSP|WAIT) ]]; then ht_pending+=("$id")
    elif [[ $state != @(DONE|EXIT) ]]; then ht_running+=("$id"); fi
  done <<< "$ht_answer"
}

# ht_kill [-s SIGNAL] ID…: an ended or unknown job is a success.
ht_kill() {
  local line has_lines=
  [[ ${*: -1} =~ ^[0-9]+$ ]] || return 0
  ht_ask bkill "$@" && return 0
  while IFS= read -r line; do
    [[ $line ]] || continue
    has_lines=1
    case $line in
      *'already finished'*|*'No matching job'*|*'is being'*|*'not started yet'*) ;;
      *) return 1 ;;
    esac
  done <<< "$ht_answer"
  [[ $has_lines ]]
}

# ht_tell: a plain bkill sends INT first, which is not what is meant; what waits is only removed by it.
ht_tell() {
  local -a ht_pending ht_running
  ht_states || return 1
  case $1 in
    CHECKPOINT) ht_kill "${ht_pending[@]}" && ht_kill -s "$2" "${ht_running[@]}" ;;
    KILL) ht_kill "${ht_pending[@]}" && ht_kill -s KILL "${ht_running[@]}" ;;
    *) ht_kill "${ht_pending[@]}" && ht_kill -s TERM "${ht_running[@]}" ;;
  esac
}

ht_probe() {
  local answer
  type -P bsub > /dev/null || return 0
  ht_greet bqueues
  answer=$(timeout 10 lsid 2>&1 < /dev/null)
  printf 'ht lsf_version %s\n' "${answer%%$'\n'*}"
  if [[ $answer =~ 'cluster name is '([^[:space:]]+) ]]; then
    printf 'ht lsf_cluster %s\n' "${BASH_REMATCH[1]}"
  fi
  answer=$(timeout 10 bqueues 2> /dev/null < /dev/null | {
    read -r _
    while read -r name _ state _; do printf '%s (%s) ' "$name" "$state"; done
  })
  printf 'ht lsf_queues %s\n' "$answer"
}
