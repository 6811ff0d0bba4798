'use client'

import { FirstContactDialog, SecretDialog, TrustDialog } from './dialogs'
import type { Connecting } from './use-connecting'

/** The dialog that connecting a machine asks for now, if any. */
export function ConnectingDialogs({ connecting }: { connecting: Connecting }) {
  const { asks, dismiss } = connecting
  if (!asks) return null
  const { connection, need } = asks
  switch (need.kind) {
    case 'secret':
      return <SecretDialog connection={connection} code={need.code} connecting={connecting} />
    case 'trust':
      return <TrustDialog connection={connection} connecting={connecting} />
    case 'first-contact':
      return <FirstContactDialog connection={connection} status={need.status} onClose={dismiss} />
  }
}
