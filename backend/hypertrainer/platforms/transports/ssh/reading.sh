# Tells of slices of files in order, one line each: NONCE INDEX SIZE INODE text|base64 DATA [STATUS],
# NONCE INDEX SIZE INODE none, NONCE INDEX absent, NONCE INDEX error REASON. A file that is absent or
# has nothing new costs no process. Past $ht_slice_room bytes nothing more is told.

declare -A ht_slice_known=() ht_slice_trouble=()
ht_slice_doubt= ht_slice_full=

# ht_slice_look PATH…: sizes and inodes, in one process. What cannot be looked at is not absent.
ht_slice_look() {
  local -x LC_ALL=C
  local line rest path
  local -A asked=()
  for path; do asked[$path]=1; done
  while IFS= read -r line; do
    rest=${line#* }
    case $line in
      [0-9]*\ [0-9]*\ *) ht_slice_known[${rest#* }]="${line%% *} ${rest%% *}" ;;
      *": No such file or directory" | *": Not a directory") ;;
      *)
        path=${line#*\'} path=${path%\'*}
        if [[ ${asked[$path]-} ]]; then ht_slice_trouble[$path]=${line##*: }; else ht_slice_doubt=$line; fi
        ;;
    esac
  done < <(stat -L -c '%s %i %n' -- "$@" 2>&1)
}

# ht_slice INDEX OFFSET MOST PATH
ht_slice() {
  local -x LC_ALL=C
  local known=${ht_slice_known[$4]-} left
  [[ $ht_slice_full ]] && return
  if [[ ! $known && -e $4 ]]; then  # it has appeared since
    ht_slice_look "$4"
    known=${ht_slice_known[$4]-}
    [[ $known || ${ht_slice_trouble[$4]-} ]] || ht_slice_trouble[$4]=$ht_slice_doubt
  fi
  if [[ ! $known ]]; then
    ht_slice_missing "$1" "${ht_slice_trouble[$4]:-$ht_slice_doubt}"
  elif [[ ! -f $4 && -e $4 ]]; then
    printf '%s %s error %s\n' "$ht_slice_nonce" "$1" "$([[ -d $4 ]] && echo Is a directory || echo Not a regular file)"
  elif [[ ! -r $4 && -e $4 ]]; then
    printf '%s %s error Permission denied\n' "$ht_slice_nonce" "$1"
  else
    left=$(( ${known% *} - $2 ))
    (( left > $3 )) && left=$3
    if (( left <= 0 )); then
      printf '%s %s %s none\n' "$ht_slice_nonce" "$1" "$known"
    elif (( left > ht_slice_room && ht_slice_told )); then
      ht_slice_full=1
    else
      (( ht_slice_room -= left, ht_slice_told = 1 ))
      ht_slice_content "$1" "$known" "$2" "$left" "$4"
    fi
  fi
}

ht_slice_missing() {
  if [[ $2 ]]; then
    printf '%s %s error %s\n' "$ht_slice_nonce" "$1" "$2"
  else
    printf '%s %s absent\n' "$ht_slice_nonce" "$1"
  fi
}

# ht_slice_content INDEX KNOWN OFFSET LENGTH PATH: small plain texts by builtins, the rest as base64.
ht_slice_content() {
  local text=
  if (( $3 == 0 && $4 <= 4096 )) && [[ ${2% *} == "$4" ]]; then
    { IFS= read -r -d '' text < "$5"; } 2>/dev/null || [[ ${#text} != "$4" ]] || ! ht_slice_plain "$text" || {
      ht_slice_text "$1" "$2" "$text"
      return
    }
  fi
  printf '%s %s %s base64 ' "$ht_slice_nonce" "$1" "$2"
  tail -c "+$(( $3 + 1 ))" -- "$5" 2>/dev/null | head -c "$4" | ht_slice_base64
  printf ' %s\n' "${PIPESTATUS[0]}"
}

ht_slice_plain() { [[ $1 != *[!\ -~$'\n\t']* ]]; }

ht_slice_text() {
  local text=${3//\\/\\\\}
  printf '%s %s %s text %s\n' "$ht_slice_nonce" "$1" "$2" "${text//$'\n'/\\n}"
}

ht_slice_base64() {
  if [[ ! ${ht_slice_wrap+set} ]]; then printf x | base64 -w0 >/dev/null 2>&1; ht_slice_wrap=$?; fi
  if [[ $ht_slice_wrap == 0 ]]; then base64 -w0; else base64 | tr -d '\n'; fi
}

# ht_slice_proc INDEX OFFSET MOST PATH: a file of /proc, whose size is what can be read of it.
ht_slice_proc() {
  local -x LC_ALL=C
  local text= file=
  [[ $ht_slice_full ]] && return
  if { exec {file}< "$4"; } 2>/dev/null; then
    { IFS= read -r -d '' -u "$file" text; } 2>/dev/null
    exec {file}<&-
  elif [[ -e $4 ]]; then
    printf '%s %s error Permission denied\n' "$ht_slice_nonce" "$1"
    return
  fi
  if [[ ! $text ]]; then  # none, or a process that has just ended
    printf '%s %s absent\n' "$ht_slice_nonce" "$1"
  elif ht_slice_plain "${text:$2:$3}"; then
    ht_slice_text "$1" "${#text} 0" "${text:$2:$3}"
  else
    printf '%s %s %s 0 base64 ' "$ht_slice_nonce" "$1" "${#text}"
    printf %s "${text:$2:$3}" | ht_slice_base64
    printf ' 0\n'
  fi
}
