/** Where a command begins: on a line, behind another one, or behind what runs it. */
const COMMAND = String.raw`(?:^|[;&|({\x60]|\s(?:-c|then|do|else)\s|\b(?:sudo(?:\s+-u\s+\S+)?|doas|exec|nohup|xargs|time|env)\s)\s*(?:-\S+\s+|\w+=\S*\s+)*(?:/\S*/)?`
const MORE = '[^;&|\\n]*'
const END = '(?=\\s|$|[;&|)])'
const DISK = '/dev/(?:sd|hd|vd|xvd|nvme|md|dm-|mapper/|disk/)'
/** The root, a folder right below it, a home folder, or all of where one is. */
const WIDE = String.raw`(?:/[\w.-]*/?\*?|(?:~|\$HOME|\$\{HOME\})/?\*?|\*|\.{1,2}/?\*?)`
const SYSTEM =
  '/(?:\\*|(?:bin|boot|dev|etc|home|lib|lib64|opt|proc|root|sbin|srv|sys|usr|var)/?\\*?)?'

/** What deserves a second look nearly anywhere. They are tried without quotes, too. */
export const PRESETS: ReadonlyArray<{ pattern: string; description: string }> = [
  {
    pattern: `${COMMAND}rm(?=\\s)(?=${MORE}\\s(?:-\\w*[rR]|--recursive|--no-preserve-root))${MORE}\\s(?:--no-preserve-root|${WIDE}${END})`,
    description: 'rm -r of /, a top folder, a home folder, or all of the folder it runs in',
  },
  {
    pattern: `${COMMAND}find\\s+(?:/|~|\\$HOME)/?\\s${MORE}(?:-delete|-exec\\s+rm)\\b`,
    description: 'find that deletes below / or the home folder',
  },
  {
    pattern: `${COMMAND}(?:mkfs(?:\\.\\w+)?|mkswap|wipefs|blkdiscard)\\b`,
    description: 'mkfs and others that format or wipe a disk',
  },
  {
    pattern: `${COMMAND}dd\\s${MORE}\\bof=/dev/(?!null|zero|stdout|stderr|fd/|tty)`,
    description: 'dd onto a device',
  },
  {
    pattern: `(?:>|\\btee\\s${MORE})\\s*${DISK}`,
    description: 'output written over a disk',
  },
  {
    pattern: `${COMMAND}(?:shutdown|reboot|poweroff|halt|(?:tel)?init\\s+[06]|systemctl\\s+(?:-\\S+\\s+)*(?:reboot|poweroff|halt|kexec|rescue|emergency|suspend))${END}`,
    description: 'shutdown, reboot, poweroff, halt',
  },
  {
    pattern: `${COMMAND}nvidia-smi\\s(?:${MORE}\\s)?(?:--gpu-reset|-r|-mig|--multi-instance-gpu|mig\\s+-[cd][cg]i)(?:=|\\d|${END})`,
    description: 'nvidia-smi that resets GPUs or changes MIG',
  },
  {
    pattern: `${COMMAND}(?:userdel|deluser|groupdel|delgroup)\\b`,
    description: 'userdel and others that remove users or groups',
  },
  {
    pattern: `${COMMAND}(?:chmod|chown|chgrp)(?=${MORE}\\s(?:-\\w*R|--recursive))${MORE}\\s${SYSTEM}${END}`,
    description: 'chmod -R or chown -R of / or a system folder',
  },
  {
    pattern: `([\\w:.]+)\\s*\\(\\)\\s*\\{\\s*\\1\\s*\\|\\s*\\1\\s*&\\s*\\}`,
    description: 'a fork bomb',
  },
  {
    pattern: `${COMMAND}kill\\s+${MORE}\\s-1${END}`,
    description: 'kill of every process of the user',
  },
]

/** A pattern as people know it: one of the ready set by what it is for. */
export const ruleOf = (pattern: string): string =>
  PRESETS.find((preset) => preset.pattern === pattern)?.description ?? pattern
