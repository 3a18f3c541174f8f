import { listQuery, type Resource } from '../../../kernel/contract/resource.ts';
import { invalidField } from '../../../kernel/errors/problem.ts';
import { listRows } from '../../../kernel/resource/list.ts';
import { openPersonal } from '../../../kernel/resource/personal.ts';
import { sealedFields } from '../../../kernel/resource/sealed.ts';
import { getRow, type Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { accountOwner } from '../account-owner/contract.ts';
import { communication } from '../communication/contract.ts';
import { document } from '../document/contract.ts';
import { holdingsOf } from '../figures/index.ts';
import { financialAccount } from '../financial-account/contract.ts';
import { household } from '../household/contract.ts';
import { householdAdviser } from '../household-adviser/contract.ts';
import { householdMember } from '../household-member/contract.ts';
import { readToday } from '../period.ts';
import type { AsOf, NotKnown } from './contract.ts';
import { changesSince, type Later, namesOfPeople, readMoment, rowsNow, saidBefore, versionsAt } from './queries.ts';

const rows_max = 200;

interface Stood {
  id: string;
  /** As it is called by now. */
  name: string;
  /** Null: it was not written down yet. */
  values: Values | null;
  erased: string[];
  sealed: string[];
}

/**
 * What a row was before all that happened to it since, the last first. What nobody knows any more is named, and left
 * out.
 */
function stoodBefore(now: Values, later: readonly Later[], sealed: ReadonlySet<string>, end: string): Stood {
  let values: Values | null = { ...now };
  const erased = new Set<string>();
  const changedSealed = new Set<string>();
  for (const { action, fields, before } of later) {
    if (action === 'create') {
      // A record that was brought over is older than its trail, and its first values are the oldest that are known.
      if (Date.parse(now.created_at as string) >= Date.parse(end)) values = null;
      break;
    }
    for (const field of fields ?? Object.keys(before ?? {})) {
      if (sealed.has(field)) changedSealed.add(field);
      else if (field in now || field === 'deleted_at') {
        if (before && field in before) {
          values[field] = before[field];
          erased.delete(field);
        } else {
          delete values[field];
          erased.add(field);
        }
      }
    }
  }
  return { id: now.id as string, name: now.name as string, values, erased: [...erased], sealed: [...changedSealed] };
}

async function rowsAsOf(ctx: Context, resource: Resource, column: string, of: string, end: string): Promise<Stood[]> {
  const rows = await rowsNow(ctx, resource, column, of);
  const ids = rows.map(({ id }) => id as string);
  const later = Map.groupBy(ids.length > 0 ? await changesSince(ctx, resource.name, ids, end) : [], ({ id }) => id);
  const sealed = new Set(sealedFields(resource).keys());
  const stood = rows.map((row) => stoodBefore(row, later.get(row.id as string) ?? [], sealed, end));
  const known = stood.flatMap(({ values }) => (values ? [values] : []));
  await openPersonal(ctx, resource, known);
  return stood;
}

const namedUnknown = (of: NotKnown['of'], now: Stood, name: string | null): NotKnown[] => [
  ...(now.erased.length > 0 ? [{ of, id: now.id, name, fields: now.erased, why: 'erased' as const, since: null }] : []),
  ...(now.sealed.length > 0 ? [{ of, id: now.id, name, fields: now.sealed, why: 'sealed' as const, since: null }] : []),
];

/**
 * A household at the end of a day: periods say who belonged to it, the history of records what they were, and what
 * cannot be known is named.
 */
export async function readAsOf(ctx: Context, id: string, wanted?: string): Promise<AsOf> {
  const present = await getRow(ctx, household, id);
  const date = wanted ?? (await readToday(ctx));
  const { end, is_future, trail_since } = await readMoment(ctx, date);
  if (is_future) throw invalidField('date', 'invalid_value', 'This day is yet to come');
  const [of] = await rowsAsOf(ctx, household, 'id', id, end);
  const accounts = (await rowsAsOf(ctx, financialAccount, 'household_id', id, end)).filter(
    ({ values }) => values === null || isOpen(values, id, date),
  );
  const papers = (await rowsAsOf(ctx, document, 'household_id', id, end)).filter(
    ({ values }) => values !== null && values.deleted_at === null && (values.household_id ?? id) === id,
  );
  const ofHousehold = JSON.stringify({ field: 'household_id', op: 'eq', value: id });
  const holding = (resource: Resource, filter: string) =>
    listRows(ctx, resource, { ...listQuery.parse({ filter, limit: rows_max, sort: 'created_at' }), as_of: date });
  const members = await holding(householdMember, ofHousehold);
  const advisers = await holding(householdAdviser, ofHousehold);
  const ownersOf = JSON.stringify({ any: 'account', where: JSON.parse(ofHousehold) });
  const owners = Map.groupBy((await holding(accountOwner, ownersOf)).data, ({ account_id }) => account_id as string);
  const said = await listRows(
    ctx,
    communication,
    listQuery.parse({ filter: ofHousehold, limit: rows_max }),
    saidBefore(end),
  );
  const versions = new Map(
    (
      await versionsAt(
        ctx,
        papers.map((one) => one.id),
        end,
      )
    ).map(({ document_id, ...version }) => [document_id, version]),
  );
  const was = of!.values;
  const names = await namesOfPeople(ctx, typeof was?.owner_id === 'string' ? [was.owner_id] : []);
  const nameOf = ({ values }: Stood) => (values?.name as string | undefined) ?? null;
  const not_known: NotKnown[] = [
    ...(trail_since === null
      ? []
      : [{ of: 'trail' as const, id: null, name: null, fields: [], why: 'archived' as const, since: trail_since }]),
    ...(was === null
      ? [
          {
            of: 'household' as const,
            id,
            name: present.name as string,
            fields: [],
            why: 'written_down_later' as const,
            since: present.created_at as string,
          },
        ]
      : []),
    // Tags leave no history.
    ...(was === null
      ? []
      : [
          {
            of: 'household' as const,
            id,
            name: present.name as string,
            fields: ['tags'],
            why: 'not_recorded' as const,
            since: null,
          },
        ]),
    ...namedUnknown('household', of!, present.name as string),
    ...accounts.flatMap((one) =>
      one.values === null
        ? [
            {
              of: 'account' as const,
              id: one.id,
              name: one.name,
              fields: [],
              why: 'written_down_later' as const,
              since: null,
            },
          ]
        : namedUnknown('account', one, nameOf(one)),
    ),
    ...papers.flatMap((one) => namedUnknown('document', one, nameOf(one))),
  ];
  return {
    date,
    household: was && { ...withoutPlumbing(was), owner: personOf(was.owner_id, names) },
    members: members.data as AsOf['members'],
    advisers: advisers.data as AsOf['advisers'],
    accounts: accounts.flatMap((one) =>
      one.values === null
        ? []
        : [
            {
              ...withoutPlumbing(one.values),
              id: one.id,
              name: nameOf(one) ?? '',
              owners: (owners.get(one.id) ?? []) as AsOf['members'],
            },
          ],
    ),
    holdings: await holdingsOf(ctx, { household_id: id }, date),
    documents: papers.map((one) => ({
      id: one.id,
      name: nameOf(one) ?? '',
      type: String(one.values!.type ?? ''),
      dated_on: (one.values!.dated_on as string | undefined) ?? null,
      version: versions.get(one.id) ?? null,
    })),
    communications: said.data as AsOf['communications'],
    more_communications: said.next_cursor !== null,
    not_known,
  };
}

const personOf = (id: unknown, names: ReadonlyMap<string, string>) =>
  typeof id === 'string' && names.has(id) ? { id, name: names.get(id)! } : null;

const withoutPlumbing = ({ created_at: _, deleted_at: __, ...values }: Values): Values => values;

/** Whether an account was one of the household on that day. */
const isOpen = ({ deleted_at, opened_on, closed_on, household_id }: Values, of: string, date: string): boolean =>
  (deleted_at ?? null) === null &&
  (household_id ?? of) === of &&
  (typeof opened_on !== 'string' || opened_on <= date) &&
  (typeof closed_on !== 'string' || closed_on >= date);
