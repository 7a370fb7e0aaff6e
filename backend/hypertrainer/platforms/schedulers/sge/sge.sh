# Asks and stops jobs of SGE. Lines for the parser: what `qstat -xml` prints as it is, and `hta ` before
# each line of a job's entry in the accounting file.

ht_max_accounts=10  # `qacct` reads the whole accounting file for each of them

# ht_list: all of the user's jobs, whose names are whole in XML only; then the books of what is missing.
ht_list() {
  local id key
  local -a missing=()
  ht_ask qstat -xml -u "$(id -un)" || return 1
  if [[ $ht_answer != *'</job_info>'*'</job_info>'* ]]; then
    ht_plain "qstat was cut short: $ht_answer"
    return 1
  fi
  printf '%s\n' "$ht_answer"
  for id in "${ht_ids[@]}"; do
    [[ $ht_answer == *"<JB_job_number>$id</JB_job_number>"* ]] || missing+=("$id")
  done
  for key in "${ht_bare[@]}"; do
    [[ $ht_answer == *"<JB_name>$key</JB_name>"* ]] || missing+=("$key")
  done
  type -P qacct > /dev/null || return 0
  for id in "${missing[@]:ht_max_accounts}"; do
    printf 'ht %s unsure too many at once\n' "${ht_key_of[$id]:-$id}"
  done
  for id in "${missing[@]:0:ht_max_accounts}"; do ht_account "$id"; done
}

# ht_account ID: its entry, or nothing: it comes seconds late, and the file may be another host's.
ht_account() {
  local line
  if ht_ask qacct -j "$1"; then
    while IFS= read -r line; do printf 'hta %s\n' "$line"; done <<< "$ht_answer"
  elif [[ $ht_text == *'did not answer'* ]]; then
    printf 'ht %s unsure %s\n' "${ht_key_of[$1]:-$1}" "$ht_text"
  fi
}

# ht_tell: whatever is meant, `qdel` is all there is. It gives notice by USR2, and kills in the end.
ht_tell() {
  local line has_lines=
  local -a jobs=("${ht_ids[@]}" "${ht_bare[@]}")
  (( ${#jobs[@]} )) || return 0
  ht_ask qdel "${jobs[@]}" && return 0
  while IFS= read -r line; do
    [[ $line ]] || continue
    has_lines=1
    case $line in
      *'does not exist'*|*'already in deletion'*|*'for deletion'*|*'has deleted job'*) ;;
      *) return 1 ;;
    esac
  done <<< "$ht_answer"
  [[ $has_lines ]]
}

ht_probe() {
  local answer
  type -P qsub > /dev/null || return 0
  ht_greet qstat
  answer=$(qstat -help 2>&1 < /dev/null)
  printf 'ht sge_version %s\n' "${answer%%$'\n'*}"
  printf 'ht sge_environments %s\n' "$(timeout 10 qconf -spl 2> /dev/null < /dev/null | tr '\n' ' ')"
  printf 'ht sge_queues %s\n' "$(timeout 10 qconf -sql 2> /dev/null < /dev/null | tr '\n' ' ')"
  answer=$(timeout 10 qacct -j hypertrainer 2>&1 < /dev/null)
  if [[ $answer == *'not found'* ]]; then printf 'ht sge_accounting yes\n'; fi
}
