import { useQueries } from '@tanstack/react-query';
import { t } from '../../text/text.ts';
import { api, changing } from '../query/api.ts';
import { queryClient } from '../query/queryClient.ts';
import { recordQuery } from '../query/records.ts';
import { pathOf } from '../query/resources.ts';
import { offerUndo, refresh } from '../query/undo.ts';
import type { RecordDefinition } from '../record/definition.ts';
import { type AnyRecord, type FieldDef, isBlank, readField, toBody, toWire } from '../record/field.ts';
import { countOf } from '../record/recordTypes.ts';

/** Records that one merge can make one of. */
export const merged_records_max = 10;

/** The key of the mutation that merges. */
export const merge_key = ['merge'];

interface Attached {
  resource: string;
  count: number;
}

/** The records side by side, and what hangs on each. */
export function useMerged({ resource }: RecordDefinition, ids: readonly string[]) {
  const records = useQueries({ queries: ids.map((id) => recordQuery<AnyRecord>(resource, id)) });
  const attached = useQueries({
    queries: ids.map((id) => ({
      queryKey: [resource, 'attached', id],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        api.get<{ attached: Attached[] }>(`${pathOf(resource)}/${id}/attached`, {}, signal),
      // The event of the merge may come before its response, and what was absorbed is not there any more.
      enabled: () => queryClient.isMutating({ mutationKey: merge_key }) === 0,
    })),
  });
  return {
    records: records.flatMap(({ data }) => data ?? []),
    attached: new Map(ids.map((id, index) => [id, attached[index]?.data?.attached])),
    error: records.find(({ error }) => error)?.error,
  };
}

/** "2 deals, 1 note" */
export function attachedText(attached: readonly Attached[]): string {
  return attached.map(({ resource, count }) => countOf(resource, count)).join(', ');
}

/** Kinds of fields whose values the merge unites by itself. */
const united = new Set<FieldDef['kind']>(['tags', 'lines', 'labelled', 'addresses']);

/** Fields in which the records differ, and one has to be chosen. */
export function differingFields(fields: readonly FieldDef[], records: readonly AnyRecord[]): FieldDef[] {
  const ids = new Set(records.map(({ id }) => id));
  const amounts = new Set(fields.map(({ currencyKey }) => currencyKey));
  // A label goes with its value.
  const labels = new Set(fields.map(({ first }) => first?.label));
  return fields.filter((field) => {
    if (field.readOnly || field.createOnly || united.has(field.kind) || amounts.has(field.key) || labels.has(field.key))
      return false;
    const wires = records.map((record) => wireOf(field, record));
    // Where one stands under another, the merge settles what is above the survivor.
    return new Set(wires).size > 1 && !wires.some((wire) => ids.has(JSON.parse(wire)));
  });
}

/** An amount is one with its currency. */
function wireOf(field: FieldDef, record: AnyRecord): string {
  const value = readField(record, field);
  const wire = isBlank(value) ? null : toWire(field, value);
  return JSON.stringify(wire !== null && field.currencyKey ? [wire, record[field.currencyKey]] : wire);
}

/** Whose value a field takes where nobody chose: that which prevails, the survivor's, or the first that there is. */
export function proposed(field: FieldDef, survivor: string, records: readonly AnyRecord[]): string {
  const prevailing = records.find((record) => field.prevails && readField(record, field) === field.prevails);
  if (prevailing) return prevailing.id;
  const filled = records.filter((record) => !isBlank(readField(record, field)));
  return (filled.find(({ id }) => id === survivor) ?? filled[0])?.id ?? survivor;
}

/** The values that the survivor takes from others. */
function valuesOf(
  fields: readonly FieldDef[],
  choices: Readonly<Record<string, string>>,
  records: readonly AnyRecord[],
): Record<string, unknown> {
  let body: Record<string, unknown> = {};
  for (const field of fields) {
    const record = records.find(({ id }) => id === choices[field.key])!;
    const { custom, ...own } = toBody([field], { [field.key]: readField(record, field) });
    body = { ...body, ...own };
    if (field.currencyKey && own[field.key] !== null) body[field.currencyKey] = record[field.currencyKey];
    if (custom) body.custom = { ...(body.custom as object), ...(custom as object) };
  }
  return body;
}

/**
 * Makes one of them; what it answers shows the change everywhere and offers to take it back. Throws what the server
 * refuses.
 */
export async function mergeRecords(
  { resource }: RecordDefinition,
  survivor: AnyRecord,
  records: readonly AnyRecord[],
  fields: readonly FieldDef[],
  choices: Readonly<Record<string, string>>,
): Promise<() => Promise<void>> {
  const others = records.filter(({ id }) => id !== survivor.id);
  // Where nothing is sent of a field in which a value prevails, the survivor takes that.
  const taken = fields.filter(({ key, prevails }) => prevails || choices[key] !== survivor.id);
  const body = { others: others.map(({ id }) => id), values: valuesOf(taken, choices, records) };
  const { data, change } = await changing.post<AnyRecord>(
    `${pathOf(resource)}/${survivor.id}/merge`,
    body,
    survivor.version,
  );
  return async () => {
    await refresh();
    offerUndo(
      t('{counted} merged into {name}', { counted: countOf(resource, others.length), name: String(data.name) }),
      change,
    );
  };
}
