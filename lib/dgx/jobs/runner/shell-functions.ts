/**
 * Shell functions that the runner's scripts share. They run in dash, bash and busybox sh, and read
 * /proc with builtins: a probe of 500 runs must not start a process for each.
 */

/** Where a test can put another machine's boot id. */
export const BOOT_ID_VARIABLE = 'DGX_TESTBED_BOOT_ID'

/**
 * - `read_boot` sets `boot`; `clock` sets `up`, seconds since boot with hundredths, and `now`, the
 *   same in hundredths: a time that no change of the machine's clock moves
 * - `is_alive PID START` is false for a zombie and for another process that got the same pid
 * - `find_live TOKEN` sets `live` to the pids that carry the token
 */
export const PROCESS_FUNCTIONS = `
read_boot() {
  boot=-
  { read -r boot < "\${${BOOT_ID_VARIABLE}:-/proc/sys/kernel/random/boot_id}"; } 2>/dev/null
}

clock() {
  up=0.00
  { read -r up rest < /proc/uptime; } 2>/dev/null
  # 1 before the hundredths and 100 off again: "08" alone would be a bad octal number.
  now=$(( \${up%.*} * 100 + 1\${up#*.} - 100 ))
}

stat_of() {
  state= pgrp= start=
  first_line "/proc/$1/stat"
  [ -n "$line" ] || return 1
  # The name before it may hold anything.
  set -- \${line##*) }
  state=$1 pgrp=$3 start=\${20}
}

is_alive() {
  stat_of "\${1:-0}" && [ "$start" = "$2" ] && [ "$state" != Z ] && [ "$state" != X ]
}

# Of a zombie there is no environment left, so that it is never found.
find_live() {
  live=
  for file in $(grep -ls "DGX_RUN_TOKEN=$1" /proc/[0-9]*/environ 2>/dev/null); do
    file=\${file#/proc/}
    live="$live \${file%/environ}"
  done
}

send() { # signal, pids; a group is a negative pid
  signal=$1
  shift
  for target in "$@"; do kill -s "$signal" -- "$target"; done 2>/dev/null
}

nap() {
  sleep "$1" 2>/dev/null || sleep 1
}

first_line() {
  line=
  { read -r line < "$1"; } 2>/dev/null
}

# Over what is in the file: its blocks are there already, so that a full disk does not matter.
put() {
  printf '%s\\n' "$2" 1<> "$1"
}
`

/**
 * `report RUN...` prints what the files of runs say, `report_end` what is asked once for all; facts.ts
 * reads both. A run is `job/attempt`, in the folder of all jobs. A handful of processes for 500 runs:
 * a shell reads a file byte by byte.
 */
export const REPORT_FUNCTIONS = `
report() {
  states= exits= logs= stats=
  for each in "$@"; do
    states="$states $each/claim $each/pid $each/heartbeat"
    exits="$exits $each/exit"
    logs="$logs $each/stdout.log $each/stderr.log $each/metrics.jsonl"
  done
  facts=$(grep -aHsm1 '[0-9]' $states /dev/null)
  printf '%s\\n' "$facts"
  for word in $facts; do
    case $word in */pid:* | */claim:*) stats="$stats /proc/\${word##*:}/stat" ;; esac
  done
  [ -z "$stats" ] || cat $stats 2>/dev/null
  # Last: a supervisor that is gone has written it before.
  grep -aHsm1 '[0-9]' $exits /dev/null
  stat -c 'file %s %Y %n' $states $exits $logs 2>/dev/null
}

report_end() {
  grep -aos 'DGX_RUN_TOKEN=[0-9A-Za-z]*' /proc/[0-9]*/environ /dev/null
  read_boot
  clock
  printf '\\n@%s end %s %s %s\\n' "$M" "$boot" "$up" "$(date +%s)"
}
`
