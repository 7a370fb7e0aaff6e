#!/bin/bash
# slurmlab.sh up|down|env DIR [PORT]: a Slurm from Debian's packages, everything under DIR, loopback only, root or not.
# Ports: PORT (slurmctld), +3 (slurmdbd), +4 (mariadb), +10 and on (one slurmd for each node).
# Knobs: AUTH=munge|none DBD=0|1 NODES=1 CPUS=8 GPUS=4 MINJOBAGE=300 KILLWAIT=5 CGROUP=0|1 EXTRA=lines
set -euo pipefail
cmd=$1; D=$(realpath -m "$2"); P=${3:-27817}
AUTH=${AUTH:-munge}; DBD=${DBD:-0}; CPUS=${CPUS:-8}; GPUS=${GPUS:-4}; NODES=${NODES:-1}; U=$(id -un); H=$(hostname -s)
export PATH=$PATH:/usr/sbin SLURM_CONF="$D/etc/slurm.conf"
conf() {
  if [ "$AUTH" = munge ]; then A="AuthType=auth/munge
AuthInfo=socket=$D/run/munge.sock
CredType=cred/munge"; else A="AuthType=auth/none
CredType=cred/none"; fi
  if [ "$DBD" = 1 ]; then ACCT="AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort=$((P+3))
$([ "$AUTH" = munge ] && echo "AccountingStoragePass=$D/run/munge.sock")
AccountingStoreFlags=job_comment,job_script,job_env
AccountingStorageTRES=gres/gpu
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=2"
  else ACCT="AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none"; fi
  cat <<EOF
ClusterName=lab
SlurmctldHost=$H(127.0.0.1)
SlurmctldPort=$P
SlurmUser=$U
SlurmdUser=$U
$A
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
StateSaveLocation=$D/state
SlurmdSpoolDir=$D/spool/%n
SlurmctldPidFile=$D/run/slurmctld.pid
SlurmdPidFile=$D/run/slurmd-%n.pid
SlurmctldLogFile=$D/log/slurmctld.log
SlurmdLogFile=$D/log/slurmd-%n.log
MailProg=/bin/true
$([ "${CGROUP:-0}" = 1 ] || echo JobAcctGatherParams=OverMemoryKill)
${EXTRA:-}
ProctrackType=proctrack/linuxproc
TaskPlugin=task/$([ "${CGROUP:-0}" = 1 ] && echo cgroup || echo none)
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
DefMemPerCPU=256
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,bf_interval=2,batch_sched_delay=0
SlurmdParameters=config_overrides
MinJobAge=${MINJOBAGE:-300}
KillWait=${KILLWAIT:-5}
JobRequeue=1
GresTypes=gpu
JobCompType=jobcomp/filetxt
JobCompLoc=$D/log/jobcomp.txt
$ACCT
EOF
  for i in $(seq "$NODES"); do
    echo "NodeName=n$i NodeHostname=$H NodeAddr=127.0.0.1 Port=$((P+9+i)) CPUs=$CPUS RealMemory=8192 Gres=gpu:$GPUS State=UNKNOWN"; done
  cat <<EOF
PartitionName=debug Nodes=ALL Default=YES MaxTime=60 DefaultTime=5 State=UP
PartitionName=low Nodes=ALL MaxTime=INFINITE PriorityTier=1 State=UP
PartitionName=closed Nodes=ALL MaxTime=10 State=DOWN
EOF
}
up() {
  mkdir -p "$D"/{etc,run,state,spool,log,dev}; chmod 755 "$D" "$D/run"
  conf > "$D/etc/slurm.conf"
  for i in $(seq 0 $((GPUS-1))); do ln -sfn /dev/null "$D/dev/nvidia$i"; done     # must be char devices; a link to one is enough
  if [ "${CGROUP:-0}" = 1 ]; then  # memory limits that kill: cgroup v1, as root
    printf '%s\n' CgroupPlugin=cgroup/v1 CgroupMountpoint=/sys/fs/cgroup ConstrainRAMSpace=yes ConstrainSwapSpace=yes > "$D/etc/cgroup.conf"
  fi
  printf 'AutoDetect=off\nName=gpu File=%s/dev/nvidia[0-%d] Flags=nvidia_gpu_env\n' "$D" $((GPUS-1)) > "$D/etc/gres.conf"
  if [ "$AUTH" = munge ]; then
    ( umask 077; head -c 1024 /dev/urandom > "$D/etc/munge.key" )
    munged --key-file="$D/etc/munge.key" --socket="$D/run/munge.sock" --pid-file="$D/run/munged.pid" \
           --log-file="$D/log/munged.log" --seed-file="$D/run/munged.seed"
  fi
  [ "$DBD" = 1 ] && dbd_up
  slurmctld -i -f "$SLURM_CONF"
  for i in $(seq "$NODES"); do mkdir -p "$D/spool/n$i"; slurmd -N "n$i" -f "$SLURM_CONF"; done
  for i in $(seq 150); do [ "$(sinfo -h -p debug -t idle -o %D 2>/dev/null || true)" = "$NODES" ] && return 0; sleep 0.1; done
  echo "slurm did not come up" >&2; for f in "$D"/log/slurm*.log; do tail -n 20 "$f" >&2; done; return 1
}
dbd_up() {
  mariadb-install-db --no-defaults --user="$U" --datadir="$D/mysql" --auth-root-authentication-method=normal --skip-test-db >"$D/log/mysql-install.log" 2>&1
  mariadbd --no-defaults --user="$U" --datadir="$D/mysql" --socket="$D/run/mysql.sock" --pid-file="$D/run/mariadbd.pid" \
     --bind-address=127.0.0.1 --port=$((P+4)) --innodb-buffer-pool-size=64M --innodb-log-file-size=32M \
     --innodb-flush-log-at-trx-commit=0 --innodb-lock-wait-timeout=900 --max-allowed-packet=64M >"$D/log/mariadb.log" 2>&1 &
  for i in $(seq 100); do mariadb-admin --no-defaults -S "$D/run/mysql.sock" -uroot ping >/dev/null 2>&1 && break; sleep 0.1; done
  mariadb --no-defaults -S "$D/run/mysql.sock" -uroot -e "CREATE USER slurm@'127.0.0.1' IDENTIFIED BY 'lab'; CREATE USER slurm@localhost IDENTIFIED BY 'lab'; GRANT ALL ON slurm_acct.* TO slurm@'127.0.0.1'; GRANT ALL ON slurm_acct.* TO slurm@localhost;"
  cat > "$D/etc/slurmdbd.conf" <<EOF
AuthType=auth/$AUTH
$([ "$AUTH" = munge ] && echo "AuthInfo=socket=$D/run/munge.sock")
DbdHost=$H
DbdAddr=127.0.0.1
DbdPort=$((P+3))
SlurmUser=$U
LogFile=$D/log/slurmdbd.log
PidFile=$D/run/slurmdbd.pid
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort=$((P+4))
StorageUser=slurm
StoragePass=lab
StorageLoc=slurm_acct
CommitDelay=1
EOF
  chmod 600 "$D/etc/slurmdbd.conf"
  slurmdbd                                   # reads slurmdbd.conf beside $SLURM_CONF
  for i in $(seq 60); do timeout 5 sacctmgr -n -i show cluster >/dev/null 2>&1 && break; sleep 0.2; done
  sacctmgr -Q -i add cluster lab >/dev/null
  sacctmgr -Q -i add account default Cluster=lab >/dev/null
  sacctmgr -Q -i add user "$U" Account=default >/dev/null
}
stop() { [ -s "$1" ] || return 0; local p; p=$(tr -dc 0-9 < "$1"); kill -TERM "$p" 2>/dev/null || return 0
  for i in $(seq 100); do kill -0 "$p" 2>/dev/null || return 0; sleep 0.1; done; kill -KILL "$p" 2>/dev/null || true; }
down() {
  kill -CONT "$(cat "$D/run/slurmctld.pid" 2>/dev/null)" 2>/dev/null || true
  timeout 10 scancel --full --user="$U" 2>/dev/null || true
  for i in $(seq 30); do [ -z "$(timeout 5 squeue -h -t R,CG 2>/dev/null)" ] && break; sleep 0.2; done
  for f in "$D"/run/slurmd-*.pid; do stop "$f"; done
  for f in slurmctld slurmdbd mariadbd munged; do stop "$D/run/$f.pid"; done
  if [ "${CGROUP:-0}" = 1 ]; then
    for i in $(seq "$NODES"); do find /sys/fs/cgroup/*/"slurm_n$i" -depth -type d -exec rmdir {} + 2>/dev/null || true; done
  fi
}
case $cmd in up) up;; down) down;; env) echo "export SLURM_CONF=$D/etc/slurm.conf";; esac
