import pLimit from 'p-limit';
import { t, translateServerText } from '../../../text/text.ts';
import { makeLanes, newerOf } from '../../query/lanes.ts';
import { replaceRow } from '../../query/lists.ts';
import { ApiError, messageOf } from '../../query/problem.ts';
import { sendFields } from '../../query/records.ts';
import type { Resource } from '../../query/resources.ts';
import { type AnyRecord, type FieldDef, lookOf, readField, toBody } from '../field.ts';
import { currentOf } from '../saveField.ts';

const saves_at_once_max = 6;

/** Values for fields of one record, as it was seen when they were given. */
export interface RecordEdit {
  record: AnyRecord;
  values: Map<FieldDef, unknown>;
}

interface Refusal {
  record: AnyRecord;
  field: FieldDef;
  reason: string;
}

export interface Outcome {
  /** The requests that changed something, to be taken back by. */
  changes: string[];
  saved: { record: AnyRecord; field: FieldDef }[];
  refused: Refusal[];
}

const limit = pLimit(saves_at_once_max);
/** Edits of one record follow one another, each on what the one before it made. */
const inTurn = makeLanes<AnyRecord | null>();

/** Saves edits of many records. What one record or field is refused keeps no other from being saved. */
export async function saveCells(resource: Resource, edits: readonly RecordEdit[]): Promise<Outcome> {
  const outcome: Outcome = { changes: [], saved: [], refused: [] };
  await Promise.all(
    edits.map(async (edit) => {
      await inTurn(edit.record.id, (latest) => limit(() => saveRecordCells(resource, edit, latest, outcome)));
    }),
  );
  return outcome;
}

/** Answers the record as it is then. */
async function saveRecordCells(
  resource: Resource,
  { record: seen, values }: RecordEdit,
  latest: AnyRecord | null,
  outcome: Outcome,
): Promise<AnyRecord | null> {
  let base = newerOf(latest, seen);
  const left = new Map(
    [...values].filter(([field, value]) => !same(bodyOf(field, value), bodyOf(field, readField(base, field)))),
  );
  const refuse = (field: FieldDef, reason: string) => {
    left.delete(field);
    outcome.refused.push({ record: seen, field, reason });
  };
  while (left.size > 0) {
    try {
      const fields = [...left.keys()];
      const given = Object.fromEntries([...left].map(([field, value]) => [field.key, value]));
      const look = lookOf(fields, given);
      const { data, change, waits } = await sendFields<AnyRecord>(resource, base, toBody(fields, given), look);
      if (!waits) replaceRow(resource, data);
      if (change) outcome.changes.push(change);
      for (const field of left.keys()) outcome.saved.push({ record: seen, field });
      return data;
    } catch (error) {
      const current = currentOf(error);
      if (current && current.version > base.version) {
        // What somebody else did to other fields is in nobody's way.
        for (const field of left.keys())
          if (!same(readField(current, field), readField(base, field))) refuse(field, changed_meanwhile);
        replaceRow(resource, current);
        base = current;
      } else refuseNamed(error, left, refuse);
    }
  }
  return base;
}

const changed_meanwhile = t('Somebody changed this in the meantime. Check the current value, then enter it again');

/** Refuses the fields that the server named; when it named none, all. */
function refuseNamed(
  error: unknown,
  left: ReadonlyMap<FieldDef, unknown>,
  refuse: (field: FieldDef, reason: string) => void,
) {
  const errors = error instanceof ApiError ? error.problem.errors : [];
  const named = [...left.keys()].flatMap((field) => {
    const own = errors.find((each) => each.field === field.key);
    return own ? [{ field, reason: translateServerText(own.message) }] : [];
  });
  const refused = named.length > 0 ? named : [...left.keys()].map((field) => ({ field, reason: messageOf(error) }));
  for (const { field, reason } of refused) refuse(field, reason);
}

const bodyOf = (field: FieldDef, value: unknown) => toBody([field], { [field.key]: value });
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
