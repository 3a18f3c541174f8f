import { useQuery } from '@tanstack/react-query';
import { api, type Page } from '../../../app/api.ts';
import type { Named } from '../../../record/field.ts';

export interface Member {
  id: string;
  version: number;
  name: string;
  email: string | null;
  status: 'invited' | 'active' | 'disabled';
  roles: Named[];
  last_sign_in_at: string | null;
}

/** What an invitation answers: without a mail server the link is for whoever invites to hand on. */
export interface Invitation {
  mailed: boolean;
  link: string | null;
}

export function useRoles() {
  return useQuery({
    queryKey: ['role', 'other', 'names'],
    queryFn: async ({ signal }) => (await api.get<Page<Named>>('/roles', { limit: 200, sort: 'name' }, signal)).data,
  });
}
