# Tells about a machine, one `ht NAME VALUE` a line. $1: the output folder, $2: the Python to look for.

ht_fact() { printf 'ht %s %s\n' "$1" "${2//$'\n'/ }"; }

ht_fact user "$(id -un 2>/dev/null || id -u)"
read -r ht_value < /proc/sys/kernel/hostname && ht_fact host "$ht_value"
ht_fact cores "$(nproc)"
ht_fact bash "$BASH_VERSION"
ht_fact setsid "$(type -P setsid)"

ht_python=$(type -P -- "$2")
ht_fact python "$ht_python"
[[ $ht_python ]] && ht_fact python_version "$("$ht_python" --version 2>&1)"

ht_place=$1
while [[ ! -d $ht_place && $ht_place == */* ]]; do ht_place=${ht_place%/*}; done
ht_place=${ht_place:-/}
[[ -w $ht_place ]] && ht_fact writable yes
ht_fact free_bytes "$(df -P -B1 -- "$ht_place" | { read -r _; read -r _ _ _ ht_free _; echo "$ht_free"; })"
ht_fact free_inodes "$(df -P -i -- "$ht_place" | { read -r _; read -r _ _ _ ht_free _; echo "$ht_free"; })"
