import type { z } from 'zod';
import { fieldAccess } from '../../../kernel/access/rights.ts';
import type { Resource } from '../../../kernel/contract/resource.ts';
import { invalidField } from '../../../kernel/errors/problem.ts';
import { type CustomFields, readCustomFields } from '../../../kernel/resource/custom.ts';
import { labelColumn } from '../../../kernel/resource/label.ts';
import { openEvents } from '../../../kernel/resource/personal.ts';
import type { Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { shownValue } from '../../timeline/index.ts';
import { shownFile } from '../fix/rows.ts';
import type { ImportTarget } from '../target.ts';
import type { ImportOutcome, outcomeQuery } from './contract.ts';
import { countOutcomes, namesShown, outcomesAfter, type RowOutcome, recordsShown } from './queries.ts';

interface OutcomePage {
  data: ImportOutcome[];
  next_cursor: string | null;
  total: number;
}

/**
 * A page of what the last check says of a file. The records are read as they are now, under the rights of whoever asks.
 */
export async function listOutcomes(
  ctx: Context,
  targets: readonly ImportTarget[],
  import_id: string,
  { file_id, kind, limit, cursor }: z.output<typeof outcomeQuery>,
): Promise<OutcomePage> {
  const file = await shownFile(ctx, import_id, file_id);
  const target = targets.find(({ resource }) => resource === file.mapping?.resource);
  if (!target) return { data: [], next_cursor: null, total: 0 };
  const found = await outcomesAfter(ctx, file.id, { kind, after: rowOf(cursor), limit: limit + 1 });
  const page = found.slice(0, limit);
  const { contract } = target;
  await openEvents(
    ctx,
    page.map(({ record_id, changes }) => ({ resource: contract.name, record_id, before: null, after: changes })),
  );
  const ids = page.flatMap(({ record_id, candidates }) => [...(record_id ? [record_id] : []), ...candidates]);
  const records = await recordsShown(ctx, contract, ids);
  const custom = await readCustomFields(ctx, contract);
  const names = await referencedNames(ctx, contract, page);
  const data = page.map((one): ImportOutcome => {
    const record = records.get(one.record_id ?? '');
    return {
      row: one.row_number,
      action: one.action,
      name: one.name,
      record: record ? { id: record.id as string, name: nameOf(contract, record) } : null,
      said: one.said,
      // Whoever does not see the record learns no more than that the row changes it.
      changes: record ? changesOf(ctx, contract, { custom, names, record, changes: one.changes }) : [],
      candidates: one.candidates.flatMap((id) => {
        const other = records.get(id);
        return other ? [{ id, name: nameOf(contract, other), detail: target.alike?.detail(other) ?? null }] : [];
      }),
    };
  });
  const total = await countOutcomes(ctx, file.id, kind);
  return { data, next_cursor: found.length > limit ? String(page.at(-1)!.row_number) : null, total };
}

function rowOf(cursor: string | undefined): number {
  const row = Number(cursor ?? 0);
  if (Number.isSafeInteger(row) && row >= 0 && row < 2 ** 31) return row;
  throw invalidField('cursor', 'invalid_cursor', 'Send the next_cursor of the page before, as it is');
}

const nameOf = (contract: Resource, record: Values): string => String(record[labelColumn(contract) ?? ''] ?? '');

interface Named {
  id: string;
  name: string;
}

/** By table and id, the names of the records that changed references lead to. */
async function referencedNames(
  ctx: Context,
  { meta }: Resource,
  page: readonly RowOutcome[],
): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
  const found = new Map<string, Map<string, string>>();
  for (const [field, { table }] of meta) {
    if (!table) continue;
    const ids = page.flatMap(({ changes }) => (changes[field] as Named | null | undefined)?.id ?? []);
    if (ids.length > 0) found.set(field, await namesShown(ctx, table, [...new Set(ids)]));
  }
  return found;
}

interface Changing {
  custom: CustomFields;
  names: ReadonlyMap<string, ReadonlyMap<string, string>>;
  record: Values;
  changes: Record<string, unknown>;
}

function changesOf(
  { actor }: Context,
  contract: Resource,
  { custom, names, record, changes }: Changing,
): ImportOutcome['changes'] {
  const isVisible = (key: string) => fieldAccess(actor.rights, contract.name, key) !== 'none';
  const own = [...contract.meta].flatMap(([field, meta]) => {
    if (!(field in changes) || meta.sensitivity === 'secret' || !isVisible(field)) return [];
    const currency = (changes[meta.currencyField ?? ''] ?? record[meta.currencyField ?? ''] ?? null) as string;
    if (meta.table) {
      const then = changes[field] as Named | null;
      const after = then && { id: then.id, name: names.get(field)?.get(then.id) ?? then.name };
      return [{ field, title: meta.title, before: record[meta.expand ?? ''] ?? null, after }];
    }
    const after = shownValue(meta, changes[field] ?? null, { currency, name: null });
    return [
      { field, title: meta.title, before: record[field] ?? null, after, ...(meta.currencyField && { currency }) },
    ];
  });
  const values = (record.custom ?? {}) as Values;
  const custom_prefix = 'custom.';
  const further = Object.keys(changes).flatMap((field) => {
    const key = field.slice(custom_prefix.length);
    if (!field.startsWith(custom_prefix) || !custom.has(key) || !isVisible(key)) return [];
    return [{ field, title: custom.get(key)!.label, before: values[key] ?? null, after: changes[field] ?? null }];
  });
  return [...own, ...further];
}
