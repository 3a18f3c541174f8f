import { useQuery } from '@tanstack/react-query';
import type { z } from 'zod';
import type { googleClient } from '../../../../src/modules/mail/mailbox/google/contract.ts';
import { api } from '../../../platform/query/api.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';

export type GoogleClient = z.infer<typeof googleClient>;

const key = 'google_client';

/** Whether the workspace has a client at Google, without which nothing of Google can be connected. */
export const useGoogleClient = () =>
  useQuery({ queryKey: [key], queryFn: ({ signal }) => api.get<GoogleClient>('/google-client', {}, signal) });

export const refreshGoogleClient = () => queryClient.invalidateQueries({ queryKey: [key] });

/** Leaves for Google's page, which sends the browser back to `/mail/google`. */
export async function goToGoogle(begin: string, body?: object): Promise<void> {
  const { url } = await api.post<{ url: string }>(begin, body);
  window.location.assign(url);
}
