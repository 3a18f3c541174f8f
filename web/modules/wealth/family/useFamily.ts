import { useQuery } from '@tanstack/react-query';
import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type { householdMember } from '../../../../src/modules/wealth/household-member/contract.ts';
import type { legalEntity } from '../../../../src/modules/wealth/legal-entity/contract.ts';
import type { relationship } from '../../../../src/modules/wealth/relationship/contract.ts';
import { readAll } from '../../../platform/query/api.ts';
import { useAllRecords, useRecords } from '../../../platform/query/records.ts';
import type { Named } from '../../../platform/record/field.ts';
import type { Filter } from '../../../platform/record/filter/filter.ts';
import { useMay } from '../../../platform/session/session.tsx';

export type Member = RowOf<typeof householdMember>;
export type Relationship = RowOf<typeof relationship> & { of_entity: Named | null; of_contact: Named | null };
export type Entity = RowOf<typeof legalEntity>;

const rows_max = 1000;
const ofHousehold = (id: string): Filter => ({ field: 'household_id', op: 'eq', value: id });

/** Who belongs to a household, its entities, and what all of them are of each other. */
export function useFamily(id: string) {
  const options = { filter: ofHousehold(id), sort: 'created_at' };
  const members = useAllRecords<Member>('household_member', rows_max, options);
  const relationships = useAllRecords<Relationship>('relationship', rows_max, options);
  const entities = useAllRecords<Entity>('legal_entity', rows_max, options);
  return { members, relationships, entities };
}

export const useMembers = (id: string) =>
  useRecords<Member>('household_member', { filter: ofHousehold(id), sort: 'created_at', limit: 200 });

export const useAccounts = (id: string) =>
  useQuery({
    queryKey: ['financial_account', 'of household', id],
    queryFn: ({ signal }) =>
      readAll<Named>('/financial-accounts', { filter: JSON.stringify(ofHousehold(id)), sort: 'name' }, signal),
  });

export const useEntities = (id: string) =>
  useRecords<Entity>('legal_entity', { filter: ofHousehold(id), sort: 'name', limit: 200 });

/** When those of these people died of whom it is known, and the reader may see it. */
export function useDeaths(ids: readonly string[]): ReadonlyMap<string, string> {
  const may = useMay();
  const filter = {
    and: [
      { field: 'contact_id', op: 'in', value: ids },
      { field: 'died_on', op: 'not_empty' },
    ],
  };
  const found = useQuery({
    queryKey: ['client_profile', 'deaths', ids],
    enabled: ids.length > 0 && ids.length <= 200 && may('client_profile', 'read'),
    queryFn: ({ signal }) =>
      readAll<{ contact_id: string; died_on: string }>('/client-profiles', { filter: JSON.stringify(filter) }, signal),
  });
  return new Map(found.data?.data.map(({ contact_id, died_on }) => [contact_id, died_on]));
}
