import ssh2, {
  type AnyAuthMethod,
  type AuthenticationType,
  type BaseAgent,
  type IdentityCallback,
  type ParsedKey,
  type SignCallback,
  type SigningRequestOptions,
} from 'ssh2'
import { DgxError } from '../errors'
import { loadPrivateKey } from './private-key'
import type { SshHop, SshSecrets } from './target'

/** What will be offered to a server, in order, and what to say when nothing was accepted. */
export type AuthPlan = {
  methods: AnyAuthMethod[]
  /** For the person: which keys were there to offer. */
  offers: string[]
  /** Default keys that were passed over because they are encrypted. */
  locked: string[]
}

/** The user's agent, showing only one key: servers end the connection after six wrong ones. */
class SingleKeyAgent extends ssh2.BaseAgent<ParsedKey> {
  readonly #agent: BaseAgent
  readonly #blob: Buffer

  constructor(socket: string, blob: Buffer) {
    super()
    this.#agent = ssh2.createAgent(socket)
    this.#blob = blob
  }

  getIdentities(callback: IdentityCallback<ParsedKey>): void {
    this.#agent.getIdentities((error, keys) => {
      // The OpenSSH agent gives parsed keys, whatever its base type says.
      const parsed = (keys ?? []) as ParsedKey[]
      callback(
        error,
        parsed.filter((key) => key.getPublicSSH().equals(this.#blob)),
      )
    })
  }

  sign(
    key: ParsedKey,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    callback?: SignCallback,
  ): void {
    if (typeof options === 'function') this.#agent.sign(key, data, options)
    else this.#agent.sign(key, data, options, callback)
  }
}

function agentHolds(agent: BaseAgent): Promise<boolean> {
  return new Promise((resolve) => {
    agent.getIdentities((error, keys) => resolve(!error && (keys?.length ?? 0) > 0))
  })
}

/**
 * Decides what to offer: `none` (Tailscale SSH answers to it), the chosen key or the agent and
 * the default keys, then a password if one was given.
 * @throws DgxError ssh_key_missing, ssh_key_permissions, ssh_key_unsupported,
 *   ssh_passphrase_required, ssh_passphrase_wrong — only for a key that was chosen by name
 */
export async function planAuth(hop: SshHop, secrets: SshSecrets): Promise<AuthPlan> {
  const { username } = hop
  const methods: AnyAuthMethod[] = [{ type: 'none', username }]
  const offers: string[] = []
  const locked: string[] = []

  if (!hop.onlyIdentities && hop.agentSocket) {
    methods.push({ type: 'agent', username, agent: ssh2.createAgent(hop.agentSocket) })
    offers.push('the keys of the ssh agent')
  }
  for (const file of hop.identityFiles) {
    try {
      const loaded = await loadPrivateKey(file, secrets.passphrase)
      if (loaded.kind === 'ready') {
        methods.push({ type: 'publickey', username, key: loaded.key })
        offers.push(file)
        continue
      }
      if (hop.agentSocket && loaded.publicBlob) {
        const agent = new SingleKeyAgent(hop.agentSocket, loaded.publicBlob)
        if (await agentHolds(agent)) {
          methods.push({ type: 'agent', username, agent })
          offers.push(`${file} (from the agent)`)
          continue
        }
      }
      if (!hop.onlyIdentities) {
        locked.push(file)
        continue
      }
      throw new DgxError(
        'ssh_passphrase_required',
        `The key ${file} is encrypted and the ssh agent does not hold it. Connect with its passphrase, or run: ssh-add ${file}`,
      )
    } catch (error) {
      // Default keys that are missing or unusable are passed over, as ssh does.
      if (hop.onlyIdentities) throw error
    }
  }
  const { password } = secrets
  if (password !== undefined) {
    methods.push({ type: 'password', username, password })
    methods.push({
      type: 'keyboard-interactive',
      username,
      prompt: (_name, _instructions, _lang, prompts, finish) =>
        finish(prompts.map((prompt) => (prompt.echo ? '' : password))),
    })
    offers.push('the password')
  }
  return { methods, offers, locked }
}

const wireName = (type: AuthenticationType): string => (type === 'agent' ? 'publickey' : type)

/** Walks the plan, passing over what the server does not take; remembers what it takes. */
export class AuthWalk {
  accepted: readonly string[] = []
  readonly #methods: AnyAuthMethod[]

  constructor(plan: AuthPlan) {
    this.#methods = [...plan.methods]
  }

  /** The next method to try; false when there is none left. */
  next(left: readonly string[] | null): AnyAuthMethod | false {
    if (left) this.accepted = left
    for (;;) {
      const method = this.#methods.shift()
      if (!method) return false
      if (method.type === 'none' || !left || left.includes(wireName(method.type))) return method
    }
  }
}
