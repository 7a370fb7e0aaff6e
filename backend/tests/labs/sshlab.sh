#!/bin/bash
# sshlab.sh up|down DIR [BASEPORT]: OpenSSH servers on loopback, everything under DIR, as whoever calls.
#   +0 login    a login node: MaxSessions 2, MaxStartups 2:100:4
#   +1 node     a plain machine
#   +2 noisy    prints on both streams before every command
#   +3 strict   MaxSessions 1, no forwarding
#   +4 csh      commands are run by tcsh
#   +5 closed   prints, and starts no command
#   +6 bashless a machine without bash
# Knob: SETENV=NAME=VALUE, which every command there gets
set -euo pipefail
command=$1
folder=$(realpath -m "$2")
port=${3:-22422}

up() {
  mkdir -p "$folder"
  chmod 700 "$folder"
  # where sshd, run by root, separates its privileges
  [ -d /run/sshd ] || { [ "$(id -u)" = 0 ] && mkdir -m 755 /run/sshd; } || true
  for name in hostkey id stranger; do
    ssh-keygen -q -t ed25519 -N '' -f "$folder/$name" -C "lab-$name"
  done
  ssh-keygen -q -t ecdsa -N '' -f "$folder/otherkey" -C lab-otherkey
  ssh-keygen -q -t ed25519 -N secret -f "$folder/locked" -C lab-locked
  cat "$folder/id.pub" "$folder/locked.pub" > "$folder/authorized_keys"
  chmod 600 "$folder/authorized_keys"
  : > "$folder/known_hosts"
  cat > "$folder/base.conf" <<END
ListenAddress 127.0.0.1
AuthorizedKeysFile $folder/authorized_keys
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
PrintMotd no
PrintLastLog no
X11Forwarding no
LogLevel VERBOSE
${SETENV:+SetEnv $SETENV}
END
  serve login 0 "MaxSessions 2" "MaxStartups 2:100:4"
  serve node 1
  serve noisy 2 "ForceCommand $folder/noisy.sh" "Banner $folder/banner.txt"
  serve strict 3 "MaxSessions 1" "AllowTcpForwarding no"
  serve csh 4 "ForceCommand exec tcsh -c \"\$SSH_ORIGINAL_COMMAND\""
  serve closed 5 "ForceCommand echo 'This account is closed.'; exit 3"
  serve bashless 6 "ForceCommand PATH=/nowhere; \$SSH_ORIGINAL_COMMAND"
  echo "hello from the banner" > "$folder/banner.txt"
  cat > "$folder/noisy.sh" <<'END'
#!/bin/bash
echo "*** Welcome to the lab. Quota: 91% used ***"
printf 'no line break here' >&2
exec /bin/bash -c "$SSH_ORIGINAL_COMMAND"
END
  chmod +x "$folder/noisy.sh"
}

serve() { # NAME OFFSET LINE…
  local name=$1 number=$((port + $2))
  shift 2
  { cat "$folder/base.conf"; printf 'HostKey %s\nPort %s\nPidFile %s\n' "$folder/hostkey" "$number" "$folder/$name.pid"; printf '%s\n' "$@"; } > "$folder/$name.conf"
  start "$name"
  echo "[127.0.0.1]:$number $(cut -d' ' -f1,2 "$folder/hostkey.pub")" >> "$folder/known_hosts"
}

start() { /usr/sbin/sshd -f "$folder/$1.conf" -E "$folder/$1.log"; }

down() {
  for file in "$folder"/*.pid; do
    [ ! -s "$file" ] || kill "$(cat "$file")" 2>/dev/null || true
  done
}

"$command"
