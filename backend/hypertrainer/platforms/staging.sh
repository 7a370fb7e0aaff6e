# Brings a job's files to their place. Answers are lines `ht KEY WORD …`.

# ht_code DIGEST FOLDER: whether the code of this content is unpacked there already.
ht_code() {
  if [[ -e $2/$1/.complete ]]; then printf 'ht %s present\n' "$1"; else printf 'ht %s absent\n' "$1"; fi
}

# ht_unpack DIGEST FOLDER: unpacks an archive that was brought to FOLDER/DIGEST.tar.gz, once.
ht_unpack() {
  local archive=$2/$1.tar.gz new=$2/.$1.$$ said
  if [[ ! -e $2/$1/.complete ]]; then
    if said=$({ mkdir -p -- "$new" && tar -xzf "$archive" -C "$new" && : > "$new/.complete"; } 2>&1)
    then
      if [[ -d $2/$1 && ! -e $2/$1/.complete ]]; then  # who cleans up scratch disks took a part
        rm -f -- "$new/.complete"
        said=$({ cp -af -- "$new/." "$2/$1/" && : > "$2/$1/.complete"; } 2>&1)
      else
        said=$(mv -T -- "$new" "$2/$1" 2>&1)  # unless somebody else was quicker
      fi
    fi
    rm -rf -- "$new"
  fi
  rm -f -- "$archive"
  if [[ -e $2/$1/.complete ]]; then printf 'ht %s present\n' "$1"
  else printf 'ht %s failed %s\n' "$1" "${said//$'\n'/ }"; fi
}

# ht_script NUMBER NAME FOLDER…: the first folder that has the script; one by its full path is its own.
ht_script() {
  local number=$1 name=$2 folder
  shift 2
  if [[ ${name:0:2} == '~/' ]]; then name=$HOME/${name:2}; fi
  if [[ $name == /* ]]; then set -- "${name%/*}"; name=${name##*/}; fi
  for folder in "$@"; do
    if [[ -f $folder/$name ]]; then printf 'ht %s found %s\n' "$number" "$folder/$name"; return; fi
  done
  printf 'ht %s missing\n' "$number"
}

# ht_remove NUMBER FOLDER: deletes a task's folder, and nothing else. Whatever was just written into it
# makes a first try fail.
ht_remove() {
  local said tries
  if [[ -e $2 && ! -d $2/.hypertrainer ]]; then
    printf 'ht %s failed it is no folder of a task\n' "$1"
    return
  fi
  for tries in 1 2 3; do
    said=$(rm -rf -- "$2" 2>&1) && return
    sleep 0.2
  done
  printf 'ht %s failed %s\n' "$1" "${said//$'\n'/ }"
}
