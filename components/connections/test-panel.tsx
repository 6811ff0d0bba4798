import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import type { ConnectionTest } from '@/lib/dgx/connections/answers'
import { Button } from '../ui/button'
import { Field, inputClass } from '../ui/field'
import { Notice } from '../ui/notice'
import { Fingerprint, HowToCompare } from './fingerprint'
import { TestSteps } from './test-steps'
import { needOf, type Secrets } from './use-connecting'
import type { useConnectionTest } from './use-connection-test'

/** A test as it runs, what it found, and what it asks for to go on. */
export function TestPanel({
  test,
  username,
  onRetry,
}: {
  test: ReturnType<typeof useConnectionTest>
  username: string
  onRetry: (secrets: Secrets) => void
}) {
  const { steps, result, failure } = test
  const failed = result?.steps.find(({ status }) => status === 'failed')
  const need = needOf(failed?.code ?? undefined)
  const end = useRef<HTMLDivElement>(null)
  const isShown = steps !== null
  const isDone = result !== null || failure !== null
  useEffect(() => {
    // On a phone it would run below the edge.
    if (isShown || isDone) end.current?.scrollIntoView({ block: 'end' })
  }, [isShown, isDone])
  return (
    <div className="flex scroll-mb-16 flex-col gap-4 empty:hidden" ref={end}>
      {steps && <TestSteps steps={steps} />}
      {failure && <Notice tone="error" title={failure.error} />}
      {need?.kind === 'secret' && (
        <SecretField
          key={failed?.code}
          isPassword={need.code === 'ssh_password_required'}
          username={username}
          onRetry={onRetry}
        />
      )}
      {result && <Verdict result={result} />}
    </div>
  )
}

function SecretField({
  isPassword,
  username,
  onRetry,
}: {
  isPassword: boolean
  username: string
  onRetry: (secrets: Secrets) => void
}) {
  const [secret, setSecret] = useState('')
  const retry = () => onRetry(isPassword ? { password: secret } : { passphrase: secret })
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || secret === '') return
    // The form around would be saved.
    event.preventDefault()
    retry()
  }
  return (
    <div className="flex flex-wrap items-end gap-2">
      <div className="min-w-48 flex-1">
        <Field
          label={isPassword ? `Password of ${username}` : 'Passphrase of the key'}
          hint="For this test and the connection after it; never stored."
        >
          <input
            type="password"
            value={secret}
            onChange={(event) => setSecret(event.target.value)}
            onKeyDown={onKeyDown}
            className={inputClass}
            autoComplete="off"
          />
        </Field>
      </div>
      {/* As high as the field, above its hint. */}
      <Button onClick={retry} disabled={secret === ''} className="mb-5.5">
        Go on
      </Button>
    </div>
  )
}

/** The test in one sentence, and the host key it met. */
function Verdict({ result }: { result: ConnectionTest }) {
  const { ok, steps, host_key } = result
  const failed = steps.find(({ status }) => status === 'failed')
  return (
    <>
      {ok && <Notice tone="good" title="Everything works." />}
      {failed?.step === 'nvidia_smi' && (
        <Notice tone="warning" title="It can be reached, but tells nothing of its GPUs.">
          Commands and terminals work. Metrics come as soon as nvidia-smi answers there.
        </Notice>
      )}
      {host_key?.expected_fingerprint && (
        <Notice tone="error" title="The host key is not the one that is known.">
          Expected {host_key.expected_fingerprint}. Somebody may be impersonating this machine, or
          it was reinstalled.
        </Notice>
      )}
      {host_key?.is_new && (
        <details className="rounded-md border border-line px-3 py-2">
          <summary className="font-medium">
            First contact: how to check that it is the machine
          </summary>
          <div className="mt-2 flex flex-col gap-2">
            <dl>
              <Fingerprint label={`Host key (${host_key.type})`}>
                {host_key.fingerprint}
              </Fingerprint>
            </dl>
            <HowToCompare keyType={host_key.type} />
          </div>
        </details>
      )}
    </>
  )
}
