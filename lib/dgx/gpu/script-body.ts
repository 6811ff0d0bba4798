/**
 * The sampler's shell script; script.ts puts the settings before it and describes its output.
 * It runs in dash, bash and busybox sh. Times are hundredths of a second since boot, read with
 * builtins: a sample should start few processes.
 */
export const SCRIPT_BODY = `
LC_ALL=C
COLUMNS=4000
export LC_ALL COLUMNS
umask 077
for p in /usr/local/cuda/bin /usr/local/nvidia/bin /usr/lib/wsl/lib /opt/bin; do
  [ -d "$p" ] && PATH="$PATH:$p"
done
export PATH

dir= job= stuck= parts= status= child=
seq=0 next_gpu=0 next_slow=0 next_facts=0

# The folder of an nvidia-smi that is stopped must not get a new file while it is removed: wait.
cleanup() {
  trap '' HUP INT TERM PIPE
  [ -n "$job" ] && kill "$job" 2>/dev/null && wait "$job" 2>/dev/null
  [ -n "$dir" ] && rm -rf "$dir"
}
trap cleanup EXIT
trap 'exit 0' HUP INT TERM PIPE

clock() {
  up=0.00
  { read -r up rest < /proc/uptime; } 2>/dev/null
  # 1 before the hundredths and 100 off again: "08" alone would be a bad octal number.
  now=$(( \${up%.*} * 100 + 1\${up#*.} - 100 ))
}

FRACTIONS=
sleep 0.01 2>/dev/null && FRACTIONS=1

# A sleep that fails must not turn the loop into a busy one.
pause() {
  [ "$1" -gt 0 ] || return 0
  if [ -n "$FRACTIONS" ]; then
    sleep "$(( $1 / 100 )).$(( $1 % 100 / 10 ))$(( $1 % 10 ))" || exit 1
  else
    sleep "$(( ($1 + 99) / 100 ))" || exit 1
  fi
}

T= T_FACTS=
if timeout -k 1 5 true 2>/dev/null; then
  T="timeout -k 1 $LIMIT" T_FACTS='timeout -k 1 5'
elif timeout 5 true 2>/dev/null; then
  T="timeout $LIMIT" T_FACTS='timeout 5'
fi

make_dir() {
  [ -n "$dir" ] && rm -rf "$dir"
  for base in "$XDG_RUNTIME_DIR" /dev/shm "$TMPDIR" /tmp; do
    [ -n "$base" ] && [ -d "$base" ] && [ -w "$base" ] || continue
    dir=$(mktemp -d "$base/dgx-sampler.XXXXXX" 2>/dev/null) || continue
    # A full disk lets one make a folder but write nothing into it.
    { printf '%4096s' x > "$dir/probe"; } 2>/dev/null && return 0
    rm -rf "$dir"
  done
  dir=
  return 1
}

# An nvidia-smi that an earlier run left behind in uninterruptible sleep: the driver is stuck, and
# one more would be stuck too.
find_stuck() {
  for f in /proc/[0-9]*/comm; do
    { read -r line < "$f"; } 2>/dev/null || continue
    [ "$line" = nvidia-smi ] || continue
    stuck=\${f%/comm}
    stuck=\${stuck#/proc/}
    is_stuck && stuck_at=$now && return
  done
  stuck=
}

is_stuck() {
  { read -r line < "/proc/$stuck/stat"; } 2>/dev/null || return 1
  case $line in *'(nvidia-smi) D '*) return 0 ;; esac
  return 1
}

# ---- the job: runs nvidia-smi in the background, and writes what it says into files ----

# Through "wait" a signal reaches the job at once, even if its child never ends.
run() {
  "$@" &
  child=$!
  wait "$child"
}

head_of() {
  printf '\\n@%s section %s\\n' "$M" "$2" > "$dir/$1.head" || exit 1
  parts="$parts $1.head $1"
}

query() { # name, nvidia-smi's arguments
  name=$1
  shift
  clock
  began=$now
  printf '%s\\n' "$began" > "$dir/began"
  run $T nvidia-smi "$@" --format=csv,noheader,nounits > "$dir/$name" 2> "$dir/$name.err"
  code=$?
  clock
  head_of "$name" "$name $code $(( (now - began) * 10 ))"
  [ -s "$dir/$name.err" ] && head_of "$name.err" "\${name}_err"
  return "$code"
}

app_pids() {
  pids=
  count=0
  while IFS=, read -r uuid pid more; do
    pid=\${pid# }
    case $pid in '' | *[!0-9]*) continue ;; esac
    pids="$pids,$pid"
    count=$(( count + 1 ))
    [ "$count" -ge 256 ] && break
  done < "$dir/apps"
  pids=\${pids#,}
}

# For a ps that takes no list of pids (busybox), or none at all.
owners_from_proc() {
  IFS=,
  for pid in $pids; do
    IFS=' \t'
    uid=
    while read -r key value more; do
      [ "$key" = Uid: ] && uid=$value && break
    done < "/proc/$pid/status"
    [ -n "$uid" ] || continue
    user=$uid
    while IFS=: read -r name pass id more; do
      [ "$id" = "$uid" ] && user=$name && break
    done < /etc/passwd
    printf '%s %s ' "$pid" "$user"
    tr '\\000-\\037\\177' ' ' < "/proc/$pid/cmdline" | cut -c1-4000
    printf '\\n'
  done 2>/dev/null
}

# What may tell whose job a process is: "<pid> <process group>" of each, and what its environment says.
origins() {
  files=
  IFS=,
  for pid in $pids; do
    { read -r line < "/proc/$pid/stat"; } 2>/dev/null || continue
    # state, parent, process group
    line=\${line##*) }
    line=\${line#* }
    line=\${line#* }
    printf '%s %s\\n' "$pid" "\${line%% *}"
    files="$files /proc/$pid/environ"
  done
  IFS=' \t'
  # To read an environment may take as long as the process holds its memory map.
  $T grep -aos 'DGX_JOB_ID=[A-Za-z0-9_-]*' $files /dev/null
}

read_gpus() {
  trap - EXIT
  trap 'kill "$child" 2>/dev/null; exit 143' HUP INT TERM
  parts=
  query fast --query-gpu="$FAST"
  # These mean that no further question will be answered.
  case $? in
    6 | 9 | 12 | 18 | 124 | 126 | 127 | 137 | 143) ;;
    *)
      if query apps --query-compute-apps=gpu_uuid,pid,process_name,used_memory; then
        app_pids
        if [ -n "$pids" ]; then
          run $T ps -o pid=,user:32=,args= -p "$pids" > "$dir/owners" 2>/dev/null
          [ -s "$dir/owners" ] || run owners_from_proc > "$dir/owners"
          head_of owners owners
          run origins > "$dir/origins" 2>/dev/null
          head_of origins origins
        fi
      fi
      [ -n "$with_slow" ] && query slow --query-gpu="$SLOW"
      ;;
  esac
  # The last thing: the job is done when this file has a line.
  printf '%s\\n' "$parts" > "$dir/done" || exit 1
}

launch() {
  job=
  clock
  if ! command -v nvidia-smi >/dev/null 2>&1; then
    status='missing 0'
    return
  fi
  if [ -n "$stuck" ]; then
    if is_stuck; then
      status="running $(( (now - stuck_at) / 100 ))"
      return
    fi
    stuck=
  fi
  if [ "$now" -lt "$next_gpu" ]; then
    status="waiting $(( (next_gpu - now) / 100 ))"
    return
  fi
  if [ -z "$dir" ] && ! make_dir; then
    status='no_temp_dir 0'
    return
  fi
  with_slow=
  [ "$now" -ge "$next_slow" ] && with_slow=1 && next_slow=$(( now + SLOW_EVERY ))
  if ! { printf '' > "$dir/done"; } 2>/dev/null; then
    make_dir
    status='died 0'
    return
  fi
  job_at=$now
  read_gpus > /dev/null 2>&1 < /dev/null &
  job=$!
  status='running 0'
}

# True once the job has ended, well or not. An ended child stays a zombie until it is waited for.
has_ended() {
  [ -s "$dir/done" ] && return 0
  { read -r line < "/proc/$job/stat"; } 2>/dev/null || return 0
  case $line in *') Z '*) return 0 ;; esac
  return 1
}

collect() {
  wait "$job" 2>/dev/null
  job=
  parts=
  { read -r parts < "$dir/done"; } 2>/dev/null
  clock
  # A slow driver is left alone for twice the time that it took.
  [ $(( now - job_at )) -gt 100 ] && next_gpu=$(( now + 2 * (now - job_at) ))
  if [ -n "$parts" ]; then
    status='ok 0'
  else
    status='died 0'
    make_dir
  fi
}

# Most readings are ready within a fraction of a second: a few short naps, then the next tick.
await_job() {
  for nap in 5 5 10 10 15 20; do
    has_ended && return 0
    clock
    [ $(( now - start + nap )) -gt $(( INTERVAL / 2 )) ] && return 1
    [ -n "$FRACTIONS" ] || return 1
    pause "$nap"
  done
  has_ended
}

# ---- the frame ----

PROC=/proc/meminfo
{ read -r line < /proc/pressure/memory; } 2>/dev/null && PROC="$PROC /proc/pressure/memory"

host() {
  cpu= load= name=
  { read -r cpu < /proc/stat; } 2>/dev/null
  { read -r load < /proc/loadavg; } 2>/dev/null
  { read -r name < /proc/sys/kernel/hostname; } 2>/dev/null
  clock
  printf '\\n@%s section host\\nstat %s\\nloadavg %s\\nuptime %s\\nhostname %s\\n' \\
    "$M" "$cpu" "$load" "$up" "$name" || exit 0
  cat $PROC /proc/net/dev 2>/dev/null
}

host_facts() {
  nics=
  for f in /sys/class/net/*/device; do
    [ -e "$f" ] || continue
    f=\${f%/device}
    nics="$nics \${f##*/}"
  done
  cpus=$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null)
  printf '\\n@%s section host_facts\\ncpus %s\\nnics%s\\n' "$M" "$cpus" "$nics" || exit 0
  $T_FACTS df -P -k / 2>/dev/null
}

emit() {
  seq=$(( seq + 1 ))
  printf '\\n@%s begin %s\\n@%s section gpu_status %s\\n' "$M" "$seq" "$M" "$status" || exit 0
  if [ -n "$parts" ]; then
    ( cd "$dir" && exec cat $parts ) 2>/dev/null
    parts=
  fi
  host
  if [ "$now" -ge "$next_facts" ]; then
    next_facts=$(( now + SLOW_EVERY ))
    host_facts
  fi
  printf '\\n@%s end\\n' "$M" || exit 0
}

clock
find_stuck
make_dir
while :; do
  clock
  start=$now
  if [ -z "$job" ]; then
    launch
    [ -n "$job" ] && await_job && collect
    emit
  elif has_ended; then
    # Shown first: the next job writes into the same files.
    collect
    emit
    launch
  else
    # Since when the one nvidia-smi runs that is at work: several in a row may take their time.
    { read -r at < "$dir/began"; } 2>/dev/null || at=$job_at
    status="running $(( (now - at) / 100 ))"
    emit
  fi
  clock
  pause "$(( start + INTERVAL - now ))"
done
`
