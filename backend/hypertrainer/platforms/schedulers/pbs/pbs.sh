# Asks and stops jobs of PBS Pro and of Torque, which share names of commands but not their options.
# Lines for the parser: `ht ! dialect pro|torque`, `ht ! server NAME`, `htj ` before a line of a list and
# the comment that follows it, `htd ` before each line of a job's full description.

ht_knows_dialect= ht_pro=
ht_max_details=100  # one question each: a server connects anew for every job that it describes

ht_dialect() {
  [[ $ht_knows_dialect ]] && return
  ht_knows_dialect=1
  case $(qstat --version 2>&1 < /dev/null) in
    *pbs_version*) ht_pro=1 ;;
    *[Vv]ersion:*) ht_pro= ;;
    *) ht_pro=1 ;;
  esac
}

# A word `pro=…` is for PBS Pro alone, one that begins with `torque=` for Torque.
ht_adapt() {
  local word
  local -a words=()
  ht_dialect
  for word in "${ht_argv[@]}"; do
    case $word in
      pro=*) if [[ $ht_pro ]]; then words+=("${word#pro=}"); fi ;;
      torque=*) if [[ ! $ht_pro ]]; then words+=("${word#torque=}"); fi ;;
      *) words+=("$word") ;;
    esac
  done
  ht_argv=("${words[@]}")
}

# ht_refused PATTERN: whether a command that failed says of each job no more than a fitting line does.
ht_refused() {
  local line has_lines=
  while IFS= read -r line; do
    [[ $line ]] || continue
    has_lines=1
    [[ $line =~ $1 ]] || return 1
  done <<< "$ht_answer"
  [[ $has_lines ]]
}

# ht_list_live: the table of the user's jobs; the names and numbers of ours are in ht_seen.
ht_list_live() {
  local line id name state is_ours=
  local -a words columns=(-s -u "$(id -un)")
  local -A wanted=()
  if [[ $ht_pro ]]; then columns+=(-w); fi
  ht_ask qstat "${columns[@]}" || return 1
  for name in "${ht_keys[@]}"; do wanted[$name]=1; done
  while IFS= read -r line; do
    if [[ $line =~ ^([A-Za-z0-9._-]+):' '*$ ]]; then printf 'ht ! server %s\n' "${BASH_REMATCH[1]}"; fi
    if [[ $line =~ ^[0-9]+(\[\])?\.  ]]; then
      read -r -a words <<< "$line"
      id=${words[0]} name=${words[3]} state=${words[-2]} is_ours=
      [[ $name && ${wanted[$name]} ]] || continue
      is_ours=1
      ht_seen[${id%%.*}]=1 ht_seen[$name]=1
      printf 'htj %s\n' "$line"
      if [[ $state == [CFX] ]]; then ht_details+=("${id%%.*}"); fi
    elif [[ $is_ours && $line == '   '* ]]; then
      printf 'htj %s\n' "$line"
    fi
  done <<< "$ht_answer"
}

# ht_list_rest: the numbers of those that the table does not show, in ht_details.
ht_list_rest() {
  local id key
  local -a select=(qselect -u "$(id -un)")
  if [[ $ht_pro ]]; then select+=(-x); fi
  for id in "${ht_ids[@]}"; do
    if [[ ! ${ht_seen[${id%%.*}]} ]]; then ht_details+=("$id"); fi
  done
  for key in "${ht_bare[@]}"; do
    [[ ${ht_seen[$key]} ]] && continue
    if ! ht_ask "${select[@]}" -N "$key"; then
      ht_pro_forgets || return 1
      ht_ask qselect -u "$(id -un)" -N "$key" || return 1
    fi
    while IFS= read -r id; do
      if [[ $id =~ ^[0-9]+(\[\])?(\.|$) ]]; then ht_details+=("$id"); fi
    done <<< "$ht_answer"
  done
}

# ht_pro_forgets: a server that keeps no history knows nothing of a job that has ended.
ht_pro_forgets() { [[ $ht_answer == *[Hh]istory* ]]; }

ht_list() {
  local id line code
  local -A ht_seen=()
  local -a ht_details=() describe=(qstat -f)
  ht_dialect
  printf 'ht ! dialect %s\n' "${ht_pro:+pro}"
  ht_list_live && ht_list_rest || return 1
  (( ${#ht_details[@]} )) || return 0
  if [[ $ht_pro ]]; then describe=(qstat -x -f); fi
  for id in "${ht_details[@]:ht_max_details}"; do
    printf 'ht %s unsure too many at once\n' "${ht_key_of[$id]:-?}"
  done
  ht_details=("${ht_details[@]:0:ht_max_details}")
  ht_answer=$(timeout -k 5 "$ht_ask_seconds" "${describe[@]}" "${ht_details[@]}" 2>&1 < /dev/null)
  code=$?
  # 35: one of them has finished; 153: one is unknown; the others are described all the same.
  if (( code != 0 && code != 35 && code != 153 )) && ! ht_pro_forgets; then
    ht_plain "qstat ended with $code: $ht_answer"
    return 1
  fi
  while IFS= read -r line; do printf 'htd %s\n' "$line"; done <<< "$ht_answer"
}

# ht_find_bare: adds the ids of jobs that are known by their key alone.
ht_find_bare() {
  local key id
  for key in "${ht_bare[@]}"; do
    ht_ask qselect -u "$(id -un)" -N "$key" || return 1
    while IFS= read -r id; do
      if [[ $id =~ ^[0-9]+(\[\])?(\.|$) ]]; then ht_ids+=("$id"); fi
    done <<< "$ht_answer"
  done
}

# An ended or unknown job is a success; one that has not started cannot be signalled, and never starts.
ht_gone='([Uu]nknown [Jj]ob|[Nn]onexistent job|has finished|[Ii]nvalid state|invalid for state|COMPLETE)'

ht_tell() {
  ht_find_bare || return 1
  (( ${#ht_ids[@]} )) || return 0
  if [[ $1 == CHECKPOINT ]]; then
    ht_ask qsig -s "SIG$2" "${ht_ids[@]}" || ht_refused "$ht_gone"
    return
  fi
  if [[ $1 == KILL ]]; then ht_ask qsig -s SIGKILL "${ht_ids[@]}"; fi
  ht_ask qdel "${ht_ids[@]}" || ht_refused "$ht_gone"
}

ht_probe() {
  local answer
  type -P qsub > /dev/null || return 0
  ht_greet qstat -Q
  ht_dialect
  answer=$(qstat --version 2>&1 < /dev/null)
  answer=${answer%%$'\n'*}
  if [[ $ht_pro ]]; then
    printf 'ht pbs_version PBS Pro %s\n' "${answer##*= }"
    answer=$(timeout 10 qstat -B -f 2> /dev/null < /dev/null)
    if [[ $answer == *job_history_enable' = True'* ]]; then printf 'ht pbs_history kept\n'
    else printf 'ht pbs_history not kept: exit records alone tell how jobs ended\n'; fi
  else
    printf 'ht pbs_version Torque %s\n' "${answer##*: }"
  fi
  answer=$(timeout 10 qstat -Q 2> /dev/null < /dev/null | { while read -r name rest; do
    [[ $name == Queue || $name == -* || ! $name ]] || printf '%s ' "$name"
  done; })
  printf 'ht pbs_queues %s\n' "$answer"
}
