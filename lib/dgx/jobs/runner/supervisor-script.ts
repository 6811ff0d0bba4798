import { PROCESS_FUNCTIONS } from './shell-functions'

/**
 * Runs a command and writes down how it ended. It is started in a session of its own, with nothing
 * open that belongs to the connection; arguments: the folder of the run, the umask of the command,
 * and `lingering` where the user's systemd keeps services after a logout (`own`: it is in a scope
 * now). The folder's `spec.sh` sets job, token, directory, timeout_s (or nothing) and grace_s. Who
 * started it waits until nothing has its file descriptor 3 open any more.
 *
 * What it writes, each file with its room taken beforehand, so that a full disk hides no end:
 * - `claim`: `<pid> <start time> <boot id>`. Whoever renames `unclaimed` to it may run the command.
 * - `pid`: `<pid> <start time> <pid of the command> <its start time> <its group> <boot id> <uptime>`
 * - `heartbeat`: `<uptime> <OOM kills of the machine> <of the cgroup>`, the counts one beat older
 * - `exit`: `<code> <reason> <uptime> <boot id> <message>`; the code is the shell's: 128 and the
 *   number of a signal
 *
 * TERM is passed on, so that the command may save its work and leave with a code of its own; what
 * is left after the grace is killed.
 */
export const SUPERVISOR_SCRIPT = `
run=$1 mask=$2
${PROCESS_FUNCTIONS}
cd "$run" || exit 0
. ./spec.sh

# Whichever of these claims the run first runs it; the others find it claimed. An older systemd
# knows no OOMPolicy of a scope, and does not need it: a newer one would end the supervisor too.
scope=$3
if [ "$scope" = lingering ]; then
  # This shell stays until the scope ends.
  exec 3>&-
  run_in="systemd-run --user --scope --quiet --collect --unit=dgx-job-$job-\${run##*/}"
  $run_in -p OOMPolicy=continue sh "$run/supervisor.sh" "$run" "$mask" own
  $run_in sh "$run/supervisor.sh" "$run" "$mask" own
fi

settle() { # a file that is there all at once, or not
  until put "$1.new" "$2" 2>/dev/null && mv "$1.new" "$1" 2>/dev/null; do
    exec 3>&-
    [ -d "$run" ] || return
    nap 5
  done
}

finish() { # code, reason, message
  clock
  message=$(printf %s "$3" | tr '\\000-\\037\\177' ' ' | cut -c1-1000)
  settle exit "$1 $2 $up $boot $message"
}

# The kernel's counts of processes that it killed for lack of memory.
cgroup=
while IFS=: read -r id kinds path; do
  case $id,$kinds, in
    0,,) found=/sys/fs/cgroup$path/memory.events ;;
    *,memory,*) found=/sys/fs/cgroup/memory$path/memory.oom_control ;;
    *) continue ;;
  esac
  [ -r "$found" ] && cgroup=$found
done < /proc/self/cgroup

oom_kills() {
  count=0
  while read -r key value; do
    [ "$key" = oom_kill ] && count=$value && break
  done < "\${1:-/dev/null}"
}

count_oom_kills() {
  oom_kills /proc/vmstat
  machine_kills=$count
  oom_kills "$cgroup"
  cgroup_kills=$count
}

child= group= stopping= timed_out= killer=

# Once: a second TERM makes many programs leave at once, without saving.
pass_on() {
  [ -z "$stopping" ] || return
  stopping=1
  [ -z "$child" ] || end_in_time
}

end_in_time() {
  [ -z "$killer" ] || return
  signal_command TERM
  signal_command CONT
  kill_after_grace < /dev/null > /dev/null 2>&1 3>&- &
  killer=$!
}

signal_command() {
  if [ -n "$group" ]; then
    kill -s "$1" -- "-$group" 2>/dev/null || kill -s "$1" "$child" 2>/dev/null
  else
    find_live "$token"
    send "$1" $live
  fi
}

pause() { # seconds; a signal ends it at once, other than a sleep
  sleep "$1" &
  wait $!
}

# A new subshell still has the handlers of this one, and may lose a signal to them: again, then.
end_helper() {
  while stat_of "$1" && [ "$state" != Z ]; do
    kill -s TERM "$1" 2>/dev/null
    nap 0.01
  done
}

kill_after_grace() {
  trap 'kill $! 2>/dev/null; exit' TERM
  first_line grace
  pause "\${line:-$grace_s}"
  while is_alive $$ "$me"; do
    signal_command KILL
    find_live "$token"
    send KILL $live
    pause 1
  done
}

beat() {
  trap 'kill $! 2>/dev/null; exit' TERM
  deadline=
  [ -z "$timeout_s" ] || deadline=$(( began + timeout_s * 100 ))
  while is_alive $$ "$me"; do
    put heartbeat "$up $machine_kills $cgroup_kills"
    count_oom_kills
    clock
    step=15
    if [ -n "$deadline" ]; then
      left=$(( (deadline - now + 99) / 100 ))
      if [ "$left" -le 0 ]; then
        kill -s USR1 $$
        deadline=
      elif [ "$left" -lt "$step" ]; then
        step=$left
      fi
    fi
    pause "$step"
    clock
  done
}

# ---- start ----

# Handlers, because what is ignored stays so in the command.
trap 'interrupted=1; pass_on' TERM INT
trap 'interrupted=1' HUP
trap 'interrupted=1 timed_out=1; pass_on' USR1

umask 077
mv unclaimed claim 2>/dev/null || exit 0
read_boot
stat_of $$
me=$start
put claim "$$ $me $boot"

problem=
if ! [ -e "$directory" ]; then
  problem="The working directory $directory does not exist."
elif ! [ -d "$directory" ]; then
  problem="The working directory $directory is not a folder."
elif ! [ -x "$directory" ]; then
  problem="The working directory $directory may not be entered."
elif [ -n "$stopping" ]; then
  problem='It was stopped before it started.'
fi
if [ -n "$problem" ]; then
  finish - launch_failed "$problem"
  exit 0
fi

set -- sh
command -v bash > /dev/null && set -- bash
set -- "$@" "$run/payload.sh" "$run" "$mask"
# A shell makes its background processes ignore these two.
env --default-signal=INT,QUIT true 2>/dev/null && set -- env --default-signal=INT,QUIT "$@"
own_session=1
if command -v setsid > /dev/null; then
  set -- setsid "$@"
elif command -v python3 > /dev/null; then
  set -- python3 -c 'import os, sys; os.setsid(); os.execvp(sys.argv[1], sys.argv[1:])' "$@"
elif command -v perl > /dev/null; then
  set -- perl -MPOSIX -e 'POSIX::setsid(); exec @ARGV' "$@"
else
  own_session=
fi

count_oom_kills
clock
began=$now
{
  export DGX_JOB_ID="$job" DGX_RUN_TOKEN="$token"
  cd -- "$directory" && exec "$@"
} < /dev/null >> "$run/stdout.log" 2>> "$run/stderr.log" 3>&- &
command=$!
# Until it has its own session, a TERM could find the shell that is about to become the command.
tries=0
[ -z "$own_session" ] || while stat_of "$command" && [ "$pgrp" != "$command" ] && [ "$tries" -lt 500 ]; do
  tries=$(( tries + 1 ))
done
stat_of "$command"
[ -z "$own_session" ] || group=$command
child=$command
[ -z "$stopping" ] || end_in_time
settle pid "$$ $me $child \${start:--} \${group:--} $boot $up"
exec 3>&-
beat < /dev/null > /dev/null 2>&1 &
beater=$!

# ---- end ----

# A trap may cut "wait" short; as long as the command is in /proc, its code was not fetched.
while :; do
  interrupted=
  wait "$child"
  code=$?
  [ -n "$interrupted" ] || break
  [ -e "/proc/$child" ] && continue
  # It ended meanwhile: bash and a wait that was cut short know the code, others have told it.
  wait "$child"
  again=$?
  [ "$again" = 127 ] || code=$again
  break
done
trap '' TERM INT HUP USR1
# What it left in its group; the number is not given away again while one of them lives.
[ -z "$group" ] || kill -s TERM -- "-$group" 2>/dev/null

reason=exited message=
[ "$code" -gt 128 ] && [ "$code" -lt 160 ] && reason=signalled

if [ -z "$stopping" ] && [ "$code" -ne 0 ]; then
  first_line heartbeat
  set -- $line
  count_oom_kills
  if [ "$machine_kills" -gt "\${2:-$machine_kills}" ] || [ "$cgroup_kills" -gt "\${3:-$cgroup_kills}" ]; then
    if [ "$code" = 137 ] || { [ "$scope" = own ] && [ "$cgroup_kills" -gt "\${3:-$cgroup_kills}" ]; }; then
      reason=out_of_memory
    fi
    message=$(dmesg 2>/dev/null | tail -n 200 | grep -i 'killed process' | tail -n 1)
    message="The kernel killed a process for lack of memory.\${message:+ It says: $message}"
  elif [ "$code" = 126 ] || [ "$code" = 127 ]; then
    complaint=$(tail -n 1 stderr.log)
    message=\${complaint#*"$run/command.sh: "}
    # It printed nothing else, so that nothing was begun.
    [ "$message" != "$complaint" ] && [ ! -s stdout.log ] && reason=launch_failed
  fi
  if ! { printf '%4096s' x > room; } 2>/dev/null; then
    message="The disk of the run's folder was full when it ended. $message"
  fi
  rm -f room
elif [ -n "$stopping" ] && [ -z "$timed_out" ] && [ ! -e grace ]; then
  message='Another program told it to end, as a machine that shuts down does.'
fi
[ -n "$timed_out" ] && reason=timed_out
finish "$code" "$reason" "$message"
end_helper "$beater"
[ -z "$killer" ] || end_helper "$killer"

# What it left behind elsewhere: a run is over when its command is.
first_line grace
clock
deadline=$(( now + \${line:-$grace_s} * 100 ))
find_live "$token"
send TERM $live
while [ -n "$live" ]; do
  clock
  [ "$now" -lt "$deadline" ] || send KILL $live
  # What not even KILL ends, the driver holds.
  [ "$now" -lt $(( deadline + 1000 )) ] || break
  nap 0.2
  find_live "$token"
done
`

/**
 * Runs the user's command, with the run's folder and umask as arguments. It stays its parent: a TERM
 * to the group must not hide the code with which the command leaves.
 */
export const PAYLOAD_SCRIPT = `
trap exit TERM INT
umask "$2"
. "$1/environment.sh"
set --
. "$DGX_RUN_DIR/command.sh"
`
