'use client'

import dynamic from 'next/dynamic'

/** The dialogs about machines. Each comes when it is first opened: together they outweigh the page. */

export const ConnectionForm = dynamic(
  () => import('./connection-form').then((file) => file.ConnectionForm),
  { ssr: false },
)
export const ImportDialog = dynamic(
  () => import('./import-dialog').then((file) => file.ImportDialog),
  { ssr: false },
)
export const DeleteMachine = dynamic(
  () => import('./delete-machine').then((file) => file.DeleteMachine),
  { ssr: false },
)
export const SecretDialog = dynamic(
  () => import('./secret-dialog').then((file) => file.SecretDialog),
  { ssr: false },
)
export const TrustDialog = dynamic(
  () => import('./trust-dialog').then((file) => file.TrustDialog),
  {
    ssr: false,
  },
)
export const FirstContactDialog = dynamic(
  () => import('./first-contact-dialog').then((file) => file.FirstContactDialog),
  { ssr: false },
)
