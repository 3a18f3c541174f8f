import { fieldAccess } from '../../kernel/access/rights.ts';
import { decimalText } from '../../kernel/contract/decimal.ts';
import { durationText } from '../../kernel/contract/duration.ts';
import type { FieldMeta } from '../../kernel/contract/fields.ts';
import type { Resource } from '../../kernel/contract/resource.ts';
import { transitionBetween } from '../../kernel/contract/state-machine.ts';
import type { CustomFields } from '../../kernel/resource/custom.ts';
import { decimalAmount } from '../../kernel/resource/money.ts';
import type { Values } from '../../kernel/resource/store.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import type { TimelineEntry } from './contract.ts';
import type { EntryRow } from './queries.ts';
import { isSilent } from './silent.ts';

type Change = Extract<TimelineEntry, { kind: 'change' }>['change'];
type FieldChange = Change['changes'][number];

/** An audit event in the words of the API: fields with their titles, amounts as decimal strings, references by name. */
export function describeChange({ actor }: Context, resource: Resource, custom: CustomFields, row: EntryRow): Change {
  const isVisible = (key: string) => fieldAccess(actor.rights, resource.name, key) !== 'none';
  const before = row.$before ?? {};
  const after = row.$after ?? {};
  return {
    action: actionOf(row.$action, before, after),
    change_id: row.$change_id,
    undone: row.$undone,
    is_undo: row.$is_undo,
    actor: row.$person_id ? { id: row.$person_id, name: row.$person ?? '' } : null,
    via: row.$via,
    erased: row.$erased !== null,
    changes:
      row.$action === 'update'
        ? [...resource.meta].flatMap(([field, meta]) => {
            if (isSilent(meta)) return [];
            if (row.$erased?.includes(field)) return { field, title: meta.title, before: null, after: null };
            if (!(field in before || field in after)) return [];
            if (meta.type === 'custom')
              return customChanges(custom, before[field], after[field])
                .filter(({ key }) => isVisible(key))
                .map(({ key: _, ...change }) => change);
            const value = (side: 'before' | 'after', values: Values) =>
              shownValue(meta, values[field] ?? null, {
                currency: currencyOf(meta.currencyField ?? '', values, row),
                name: row.$names?.[field]?.[side] ?? null,
              });
            const changed = { field, title: meta.title, before: value('before', before), after: value('after', after) };
            return meta.currencyField ? { ...changed, currency: currencyOf(meta.currencyField, after, row) } : changed;
          })
        : [],
    transition: transitionOf(resource, before, after),
    merged: row.$action === 'merge' ? ((after.merged ?? []) as Change['merged']) : [],
  };
}

/** Where a change does not say it itself, what its record was in at that time. */
const currencyOf = (field: string, values: Values, row: EntryRow) => (values[field] ?? row[`$${field}`]) as string;

function transitionOf({ states }: Resource, before: Values, after: Values): Change['transition'] {
  const found = states && transitionBetween(states, before[states.field], after[states.field]);
  return found ? { name: found.name, title: found.title } : null;
}

function actionOf(action: string | null, before: Values, after: Values): Change['action'] {
  if (action === 'create' || action === 'merge') return action;
  if (before.deleted_at === null && after.deleted_at) return 'trash';
  if (before.deleted_at && after.deleted_at === null) return 'restore';
  return 'update';
}

/** A stored value as the API shows it in a change. */
export function shownValue(
  meta: FieldMeta,
  value: unknown,
  { currency, name }: { currency: string; name: string | null },
): unknown {
  if (value === null) return null;
  if (meta.type === 'time') return new Date(value as string).toISOString();
  if (meta.type === 'money') return decimalAmount(value as number, currency);
  if (meta.type === 'duration') return durationText(value as number);
  if (meta.digits) return decimalText(value as number | string, meta.digits);
  return meta.table ? { id: value, name } : value;
}

function customChanges(custom: CustomFields, before: unknown, after: unknown): (FieldChange & { key: string })[] {
  const [old, now] = [(before ?? {}) as Values, (after ?? {}) as Values];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .filter((key) => JSON.stringify(old[key]) !== JSON.stringify(now[key]))
    .map((key) => ({
      key,
      field: `custom.${key}`,
      title: custom.get(key)?.label ?? key,
      before: old[key] ?? null,
      after: now[key] ?? null,
    }));
}
