import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { alias } from '../../../../src/modules/mail/mailbox/alias/contract.ts';
import { api } from '../../../platform/query/api.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import type { Mailbox } from '../mail.ts';

export type Alias = z.infer<typeof alias>;

export const aliasesQuery = (mailbox: string) =>
  queryOptions({
    queryKey: ['mail', 'aliases', mailbox],
    queryFn: async ({ signal }) => (await api.get<{ data: Alias[] }>(`/mailboxes/${mailbox}/aliases`, {}, signal)).data,
  });

/** Those of one's own mailboxes from which one may write. */
export async function confirmedAliases(own: readonly Mailbox[]): Promise<Alias[]> {
  const all = await Promise.all(own.map(({ id }) => queryClient.ensureQueryData(aliasesQuery(id))));
  return all.flat().filter(({ confirmed_at }) => confirmed_at !== null);
}
