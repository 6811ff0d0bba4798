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
 * `report NUMBER FOLDER` prints what the files of a run say and `report_end` what is asked once
 * for all; facts.ts reads both. They are called in the folder of all jobs.
 */
export const REPORT_FUNCTIONS = `
files= count=0

is_supervised() {
  is_alive "$1" "$2"
}

report() {
  first_line "$2/claim"
  owner=$line
  first_line "$2/pid"
  started=$line
  supervisor=gone
  is_supervised \${started:-$owner} && supervisor=alive
  first_line "$2/heartbeat"
  beat=$line
  # Last: a supervisor that is gone has written it before.
  first_line "$2/exit"
  printf '@%s run %s %s\\n@%s owner %s\\n@%s started %s\\n@%s beat %s\\n@%s exit %s\\n' \\
    "$M" "$1" "$supervisor" "$M" "$owner" "$M" "$started" "$M" "$beat" "$M" "$line"
  for name in claim pid exit stdout.log stderr.log metrics.jsonl; do files="$files $2/$name"; done
  count=$(( count + 1 ))
  [ "$count" -lt 500 ] || report_files
}

report_files() {
  [ -z "$files" ] || stat -c "@$M file %s %Y %n" $files 2>/dev/null
  files= count=0
}

report_end() {
  report_files
  grep -aos 'DGX_RUN_TOKEN=[0-9A-Za-z]*' /proc/[0-9]*/environ /dev/null
  read_boot
  clock
  printf '@%s end %s %s %s\\n' "$M" "$boot" "$up" "$(date +%s)"
}
`
