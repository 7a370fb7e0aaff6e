# What the scripts of every real queue share. Every answer is a line `ht KEY WORD …`, or `ht ! WORD …`
# where it is about the question itself; whatever else is printed does not matter.
#
# A queue's own functions, below these, say the rest:
#   ht_list         tells of the jobs in ht_keys and ht_ids; 1: the question failed, ht_text says why.
#                   Of a job whose absence proves nothing it says `ht KEY unsure WHY`
#   ht_tell TERM, ht_tell KILL, ht_tell CHECKPOINT SIGNAL
#                   tells the jobs in ht_keys and ht_ids; 1: they were not told, ht_text says why

{ read -r ht_host < /proc/sys/kernel/hostname; } 2>/dev/null
# ht_bare are those of ht_keys of which no id is known.
ht_keys=() ht_ids=() ht_bare=() ht_text=
declare -A ht_key_of=()  # by id

# ht_plain TEXT: on one line and not too long, in ht_text.
ht_plain() {
  ht_text=${1//[$'\n\r\t']/ }
  ht_text=${ht_text:0:1000}
}

# ht_ask COMMAND…: its output in ht_answer; 1: it failed, or took too long, and ht_text says why.
ht_ask() {
  local code
  ht_answer=$(timeout -k 5 "$ht_ask_seconds" "$@" 2>&1 < /dev/null)
  code=$?
  (( code == 0 )) && return 0
  ht_plain "$1 ended with $code: $ht_answer"
  [[ $code != @(124|137) ]] || ht_plain "$1 did not answer within $ht_ask_seconds s"
  return 1
}

# ht_greet COMMAND…: for a probe, whether the queue itself answers; if not, what is said instead.
ht_greet() {
  local ht_ask_seconds=10
  ht_ask "$@" || printf 'ht silent %s\n' "$ht_text"
}

# ht_can_ask: the queue's commands are there.
ht_can_ask() {
  type -P -- "$ht_program" > /dev/null && return 0
  printf 'ht ! missing %s %s\n' "$ht_program" "$ht_host"
  return 1
}

# ht_noted FILE: the job that a whole claim or `submitted` record names, in ht_id.
ht_noted() {
  local name value is_whole=
  ht_id=
  [[ -f $1 ]] || return 1
  while IFS='=' read -r name value; do
    case $name in
      job_id) ht_id=$value ;;
      end) is_whole=1 ;;
    esac
  done < "$1"
  [[ $is_whole && $ht_id ]]
}

# ht_write FILE LINE…: a record, whole or not at all.
ht_write() {
  local temporary=$1.$$
  { printf '%s\n' "${@:2}" end=1 > "$temporary" && mv -f -- "$temporary" "$1"; } 2>/dev/null && return
  rm -f -- "$temporary"
  return 1
}

# ht_id_of TEXT: the job that the last fitting line of an answer names, in ht_id.
ht_id_of() {
  local line pattern
  ht_id=
  while IFS= read -r line; do
    line=${line%$'\r'}
    for pattern in "${ht_id_patterns[@]}"; do
      if [[ $line =~ $pattern ]]; then ht_id=${BASH_REMATCH[1]}; fi
    done
  done <<< "$1"
  [[ $ht_id ]]
}

# ht_adapt: changes the command in ht_argv to what this host's version of the queue understands.
ht_adapt() { :; }

# ht_submit KEY ATTEMPT FOLDER -- COMMAND…: submits a wrapper, once, and notes the job's id.
ht_submit() {
  local key=$1 attempt=$2 home=$3/.hypertrainer answer code
  local -a ht_argv
  shift 4
  if ht_noted "$home/claim/$attempt" || ht_noted "$home/submitted.$attempt"; then
    printf 'ht %s submitted %s\n' "$key" "$ht_id"
  elif [[ -e $home/exit.$attempt ]]; then
    printf 'ht %s submitted\n' "$key"
  elif [[ -e $home/stop.$attempt ]]; then
    ht_write "$home/exit.$attempt" code= signal= "at=$(date +%s)" cause=cancelled \
      'reason=stopped before start'
    printf 'ht %s submitted\n' "$key"
  elif [[ ! -r $home/run.sh ]]; then
    printf 'ht %s rejected the wrapper is gone: %s\n' "$key" "$home/run.sh"
  elif ! type -P -- "$1" > /dev/null; then
    printf 'ht %s missing %s %s\n' "$key" "$1" "$ht_host"
  elif (( SECONDS > ht_submit_seconds )); then
    printf 'ht %s busy the queue answers slowly\n' "$key"
  else
    ht_argv=("$@")
    ht_adapt
    answer=$(
      cd -- "$home/.." && exec timeout -k 5 "$ht_submit_seconds" "${ht_argv[@]}" 2>&1 < /dev/null
    )
    code=$?
    if (( code == 0 )) && ht_id_of "$answer"; then
      ht_write "$home/submitted.$attempt" "job_id=$ht_id"
      printf 'ht %s submitted %s\n' "$key" "$ht_id"
    else
      ht_plain "$answer"
      printf 'ht %s failed %s %s\n' "$key" "$code" "$ht_text"
    fi
  fi
}

# ht_job KEY ID…: a job that is asked after, and the ids that it may have.
ht_job() {
  local id
  ht_keys+=("$1")
  ht_ids+=("${@:2}")
  for id in "${@:2}"; do ht_key_of[$id]=$1; done
  (( $# > 1 )) || ht_bare+=("$1")
}

# ht_look: tells of all jobs named by ht_job. Without the last line, no absence proves anything.
ht_look() {
  ht_can_ask || return 0
  if ht_list; then
    printf 'ht ! complete\n'
  else
    printf 'ht ! failed %s\n' "$ht_text"
  fi
}

# ht_stop KEY ATTEMPT FOLDER ID…: has a job stopped; one that has not started yet never will.
ht_stop() {
  local home=$3/.hypertrainer before=${#ht_ids[@]}
  ht_keys+=("$1")
  ht_ids+=("${@:4}")
  if ht_noted "$home/claim/$2"; then ht_ids+=("$ht_id"); fi
  if ht_noted "$home/submitted.$2"; then ht_ids+=("$ht_id"); fi
  (( ${#ht_ids[@]} > before )) || ht_bare+=("$1")
  [[ -d $3 ]] || return 0
  [[ -d $home ]] || mkdir -p -- "$home"
  ht_write "$home/stop.$2" asked=1 ||
    printf 'ht %s failed the stop file could not be written in %s; is the disk full?\n' "$1" "$home"
}

# ht_signal SIGNAL…: tells all jobs named by ht_stop since the last one.
ht_signal() {
  local key
  local -A ids=()
  for key in "${ht_ids[@]}"; do ids[$key]=1; done
  ht_ids=("${!ids[@]}")
  ht_text="$ht_program was not found on $ht_host"
  if ! type -P -- "$ht_program" > /dev/null || ! ht_tell "$@"; then
    for key in "${ht_keys[@]}"; do printf 'ht %s failed %s\n' "$key" "$ht_text"; done
  fi
  ht_keys=() ht_ids=() ht_bare=()
}
