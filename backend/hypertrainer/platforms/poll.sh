# What a poll reads of its jobs' folders, without a fork for each of them. Lines: `htr KEY KIND`, the
# record's own lines behind `htl `, and `htz`; `hte KEY WHY` where nothing may be concluded; then
# `htf SIZE INODE MODIFIED PATH` for each log.

LC_ALL=C  # the order of names
ht_logs=()

# ht_job KEY ATTEMPT FOLDER: its records, the exit record last; its logs are noted for ht_sizes.
ht_job() {
  local home=$3/.hypertrainer kind line logs
  if [[ ! -d $3 ]]; then
    if [[ ! $ht_may_be_new && ! -d ${3%/*} ]]; then printf 'hte %s %s is not there\n' "$1" "${3%/*}"; fi
    return
  fi
  if [[ ! -x $3 || ! -r $3 ]]; then
    printf 'hte %s %s may not be read\n' "$1" "$3"
    return
  fi
  for kind in submitted. claim/ start. exit.; do
    [[ -e $home/$kind$2 ]] || continue
    printf 'htr %s %s\n' "$1" "${kind%[./]}"
    while IFS= read -r line || [[ $line ]]; do printf 'htl %s\n' "$line"; done < "$home/$kind$2" ||
      printf 'hte %s %s may not be read\n' "$1" "$home/$kind$2"
    printf 'htz\n'
  done
  [[ $ht_with_logs ]] || return 0
  logs=("$3/out.txt" "$3/err.txt" "$3"/*.log "$3"/*.txt)
  ht_logs+=("${logs[@]:0:1000}")
}

ht_sizes() {
  local start
  for (( start = 0; start < ${#ht_logs[@]}; start += 500 )); do
    stat -L -c 'htf %s %i %Y %n' -- "${ht_logs[@]:start:500}" 2> /dev/null
  done
}

shopt -s nullglob
