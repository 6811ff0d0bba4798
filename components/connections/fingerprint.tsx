import { CommandLine } from '../ui/empty-state'

/** Where sshd keeps the public half of a host key of a type. */
function publicKeyFile(keyType: string): string {
  const kind = /ed25519/.test(keyType) ? 'ed25519' : /ecdsa/.test(keyType) ? 'ecdsa' : 'rsa'
  return `/etc/ssh/ssh_host_${kind}_key.pub`
}

/** A host key's fingerprint, large enough to be compared letter by letter. */
export function Fingerprint({ label, children }: { label: string; children: string }) {
  return (
    <div className="rounded-md border border-line bg-sunken/60 px-3 py-2">
      <dt className="text-soft text-xs">{label}</dt>
      <dd className="mt-0.5 break-all font-mono">{children}</dd>
    </div>
  )
}

/** How a person finds out whether a fingerprint is the machine's own. */
export function HowToCompare({ keyType }: { keyType: string }) {
  return (
    <div className="flex flex-col items-start gap-1.5">
      <p>
        To compare, run this on the machine itself, at its own screen or in a console that you trust
        already:
      </p>
      <CommandLine>{`ssh-keygen -lf ${publicKeyFile(keyType)}`}</CommandLine>
    </div>
  )
}
