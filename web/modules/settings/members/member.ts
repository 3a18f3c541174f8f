import { useQuery } from '@tanstack/react-query';
import type { z } from 'zod';
import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type { invitation } from '../../../../src/kernel/identity/invitation/contract.ts';
import type { user } from '../../../../src/kernel/identity/user/contract.ts';
import { api, type Page, readAll } from '../../../platform/query/api.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import type { Named, SelectOption } from '../../../platform/record/field.ts';
import type { Filter } from '../../../platform/record/filter/filter.ts';
import { useMay } from '../../../platform/session/session.tsx';
import type { AccountKind, Rights } from '../roles/rights.ts';
import { inNameOrder, roleName } from '../roles/roleName.ts';
import { roleSummary } from '../roles/roleSummary.ts';

export type Member = RowOf<typeof user>;

/** Whom one looks for: `all` stands for any role and any status. */
export interface MemberSearch {
  text: string;
  role: string;
  status: string;
}
export const everybody: MemberSearch = { text: '', role: 'all', status: 'all' };

export function memberFilter({ text, role, status }: MemberSearch): Filter | null {
  const value = text.trim();
  const parts: Filter[] = [];
  if (value)
    parts.push({
      or: [
        { field: 'name', op: 'contains', value },
        { field: 'email', op: 'contains', value },
      ],
    });
  if (role !== 'all') parts.push({ field: 'roles', op: 'has', value: role });
  if (status !== 'all') parts.push({ field: 'status', op: 'eq', value: status });
  return parts.length > 0 ? { and: parts } : null;
}

/** What an invitation answers: without a mail server the link is for whoever invites to hand on. */
export type Invitation = Omit<z.output<typeof invitation>, 'user'> & { user: Member };

const open_invitations_max = 1_000;
/** Those sent from this page: their links are made with the mail, a moment later. */
const sentHere = new Set<string>();

/** Who has a link to join with; undefined for who may not know. An import makes users whom nobody has invited. */
export function useOpenInvitations(): ReadonlySet<string> | undefined {
  const may = useMay();
  const { data } = useQuery({
    queryKey: ['user', 'other', 'open-invitations'],
    enabled: may('user', 'update') || may('user', 'create'),
    queryFn: async ({ signal }) => {
      const open = new Set(sentHere);
      for (let cursor: string | null = ''; cursor !== null && open.size < open_invitations_max; ) {
        const page: Page<{ id: string }> = await api.get('/invitations', { open: 'true', limit: 200, cursor }, signal);
        for (const { id } of page.data) open.add(id);
        cursor = page.next_cursor;
      }
      return open;
    },
  });
  return data;
}

/** Notes that somebody was invited, or is no longer, and reads the members again. */
export async function noteInvitation(id: string, sent: boolean): Promise<void> {
  if (sent) sentHere.add(id);
  else sentHere.delete(id);
  await queryClient.invalidateQueries({ queryKey: ['user'] });
}

export interface RoleChoice extends Named {
  key: string;
  kind: AccountKind;
  rights: Rights;
}

/** Roles to choose from, each with what it allows. */
export const roleOptions = (roles: readonly RoleChoice[], kind: AccountKind): SelectOption[] =>
  roles
    .filter((role) => role.kind === kind)
    .map(({ id, name, rights }) => ({ value: id, label: name, detail: roleSummary(rights) }));

/** The roles as the reader calls them, in the order of these names. */
export function useRoles(enabled = true) {
  return useQuery({
    queryKey: ['role', 'other', 'names'],
    enabled,
    queryFn: async ({ signal }) => {
      const { data } = await readAll<RoleChoice>('/roles', { sort: 'name' }, signal);
      return inNameOrder(data).map(({ name, ...role }): RoleChoice => ({ ...role, name: roleName({ ...role, name }) }));
    },
  });
}

/** How the reader calls a role that came with its id and name alone. */
export function useRoleName(): (role: Named) => string {
  const may = useMay();
  const { data: roles } = useRoles(may('role', 'read'));
  return ({ id, name }) => roles?.find((role) => role.id === id)?.name ?? name;
}
