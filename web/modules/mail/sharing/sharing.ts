import { useQuery } from '@tanstack/react-query';
import type { z } from 'zod';
import type {
  sharingException,
  sharingExceptionPut,
  threadSharing,
} from '../../../../src/modules/mail/mailbox/sharing/contract.ts';
import { api } from '../../../platform/query/api.ts';
import { t } from '../../../text/text.ts';
import { refreshMail } from '../mail.ts';

export type SharingException = z.infer<typeof sharingException>;
export type ThreadSharing = z.infer<typeof threadSharing>;
export type Level = SharingException['level'];

/** How much of a mailbox, or of some of its mail, others of the workspace see. */
export const levels: readonly { value: Level; label: string }[] = [
  { value: 'private', label: t('Nothing') },
  { value: 'participants', label: t('Who wrote to whom, and when') },
  { value: 'subjects', label: t('Also the subjects') },
  { value: 'all', label: t('Everything') },
];

export const kinds: Record<SharingException['kind'], string> = {
  thread: t('Conversation'),
  folder: t('Folder'),
  contact: t('Contact'),
  company: t('Company'),
};

export const useExceptions = (mailbox: string) =>
  useQuery({
    queryKey: ['mail', 'sharing-exceptions', mailbox],
    queryFn: async ({ signal }) =>
      (await api.get<{ data: SharingException[] }>(`/mailboxes/${mailbox}/sharing-exceptions`, {}, signal)).data,
  });

export const useThreadSharing = (thread: string) =>
  useQuery({
    queryKey: ['mail', 'thread-sharing', thread],
    queryFn: ({ signal }) => api.get<ThreadSharing>(`/threads/${thread}/sharing`, {}, signal),
  });

export async function putException(mailbox: string, body: z.input<typeof sharingExceptionPut>): Promise<void> {
  await api.put(`/mailboxes/${mailbox}/sharing-exceptions`, body);
  await refreshMail();
}

export async function removeException(id: string): Promise<void> {
  await api.delete(`/sharing-exceptions/${id}`);
  await refreshMail();
}
