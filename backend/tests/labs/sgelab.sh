#!/bin/bash
# sgelab.sh up|down|env DIR [PORT]   (root only: Debian's gridengine-{master,exec,client}; execd switches user with the admin user)
set -euo pipefail; cmd=$1; D=$(realpath -m "$2"); P=${3:-26444}; SLOTS=${SLOTS:-8}
export SGE_ROOT=$D/sge SGE_CELL=default SGE_QMASTER_PORT=$P SGE_EXECD_PORT=$((P+1)) SGE_ENABLE_COREDUMP=0
HN=$(hostname -s); H=localhost; L=/usr/lib/gridengine
up() {
  mkdir -p "$SGE_ROOT/default/common" "$SGE_ROOT/bin" "$SGE_ROOT/lib" "$SGE_ROOT/utilbin" "$D"/{spooldb,qmaster/job_scripts,execd,log}
  for x in bin lib utilbin; do ln -sfn $L "$SGE_ROOT/$x/lx-amd64"; done; ln -sfn /usr/share/gridengine/util "$SGE_ROOT/util"
  cat > "$SGE_ROOT/default/common/bootstrap" <<EOF
admin_user              root
default_domain          none
ignore_fqdn             true
spooling_method         berkeleydb
spooling_lib            libspoolb
spooling_params         $D/spooldb
binary_path             /usr/sbin
qmaster_spool_dir       $D/qmaster
security_mode           none
listener_threads        1
worker_threads          2
scheduler_threads       1
EOF
  echo "localhost $HN" > "$SGE_ROOT/default/common/host_aliases"      # else: client IP resolved to host name localhost
  echo "$H" > "$SGE_ROOT/default/common/act_qmaster"; echo lab > "$SGE_ROOT/default/common/cluster_name"
  sed "s#/var/spool/gridengine/execd#$D/execd#; s/^min_uid.*/min_uid 0/; s/^min_gid.*/min_gid 0/; s/flush_time=00:00:15/flush_time=00:00:15 accounting_flush_time=00:00:00/; s/^finished_jobs.*/finished_jobs 100/; s#^mailer .*#mailer /bin/true#; s/^load_report_time.*/load_report_time 00:00:05/" /usr/share/gridengine/default-configuration > "$D/conf"
  $L/spoolinit berkeleydb libspoolb "$D/spooldb" init
  $L/spooldefaults configuration "$D/conf"; $L/spooldefaults complexes /usr/share/gridengine/util/resources/centry
  $L/spooldefaults usersets /usr/share/gridengine/util/resources/usersets; $L/spooldefaults managers root
  $L/sge_qmaster
  for i in $(seq 50); do timeout 5 $L/qconf -sconf >/dev/null 2>&1 && break; sleep 0.2; done
  Q=$L/qconf
  $Q -as "$H" || true; $Q -ah "$H" || true
  printf 'hostname %s\nload_scaling NONE\ncomplex_values NONE\nuser_lists NONE\nxuser_lists NONE\nprojects NONE\nxprojects NONE\nusage_scaling NONE\nreport_variables NONE\n' "$H" > "$D/eh"; $Q -Ae "$D/eh" || true
  printf 'group_name @allhosts\nhostlist %s\n' "$H" > "$D/hg"; $Q -Ahgrp "$D/hg" || true
  printf 'pe_name smp\nslots 999\nuser_lists NONE\nxuser_lists NONE\nstart_proc_args /bin/true\nstop_proc_args /bin/true\nallocation_rule $pe_slots\ncontrol_slaves FALSE\njob_is_first_task TRUE\nurgency_slots min\naccounting_summary FALSE\nqsort_args NONE\n' > "$D/pe"; $Q -Ap "$D/pe" || true
  $Q -sq 2>/dev/null > "$D/q0" || true
  cat > "$D/q" <<EOF
qname                 all.q
hostlist              @allhosts
seq_no                0
load_thresholds       NONE
suspend_thresholds    NONE
nsuspend              1
suspend_interval      00:05:00
priority              0
min_cpu_interval      00:05:00
processors            UNDEFINED
qtype                 BATCH INTERACTIVE
ckpt_list             NONE
pe_list               smp
rerun                 FALSE
slots                 $SLOTS
tmpdir                /tmp
shell                 /bin/bash
prolog                NONE
epilog                NONE
shell_start_mode      unix_behavior
starter_method        NONE
suspend_method        NONE
resume_method         NONE
terminate_method      NONE
notify                00:00:03
owner_list            NONE
user_lists            NONE
xuser_lists           NONE
subordinate_list      NONE
complex_values        NONE
projects              NONE
xprojects             NONE
calendar              NONE
initial_state         default
s_rt                  INFINITY
h_rt                  INFINITY
s_cpu                 INFINITY
h_cpu                 INFINITY
s_fsize               INFINITY
h_fsize               INFINITY
s_data                INFINITY
h_data                INFINITY
s_stack               INFINITY
h_stack               INFINITY
s_core                INFINITY
h_core                INFINITY
s_rss                 INFINITY
h_rss                 INFINITY
s_vmem                INFINITY
h_vmem                INFINITY
EOF
  $Q -Aq "$D/q"
  # schedule every second and at once on submit
  $Q -ssconf | sed 's/^schedule_interval.*/schedule_interval 0:0:1/; s/^flush_submit_sec.*/flush_submit_sec 1/; s/^flush_finish_sec.*/flush_finish_sec 1/' > "$D/sc"; $Q -Msconf "$D/sc"
  $L/sge_execd
  for i in $(seq 100); do [ "$($L/qstat -f 2>/dev/null | awk '/^all.q/{print $4}')" ] && ! $L/qstat -f | grep -q -- '-NA-' && return 0; sleep 0.3; done
  echo "sge not up" >&2; $L/qstat -f >&2; return 1
}
stop() { [ -s "$1" ] || return 0; local p; p=$(cat "$1"); kill "$p" 2>/dev/null || return 0; for i in $(seq 80); do s=$(awk "{print \$3}" /proc/$p/stat 2>/dev/null) || return 0; [ "$s" = Z ] && return 0; sleep 0.1; done; kill -9 "$p" 2>/dev/null || true; }
down() { stop "$D/execd/$H/execd.pid"; stop "$D/qmaster/qmaster.pid"; }
env_() { echo "export SGE_ROOT=$SGE_ROOT SGE_CELL=default SGE_QMASTER_PORT=$P SGE_EXECD_PORT=$((P+1)) PATH=\$PATH:/usr/lib/gridengine"; }
case $cmd in up) up;; down) down;; env) env_;; esac
