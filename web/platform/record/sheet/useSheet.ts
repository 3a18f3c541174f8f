import { useCallback, useMemo, useState } from 'react';
import type { CellNote, CellWrite, RowNotes, Sheet } from '../../../ui/table/column.ts';
import { attempt } from '../../query/attempt.ts';
import type { RecordDefinition } from '../definition.ts';
import type { AnyRecord, FieldDef } from '../field.ts';
import { draftOf, textOf } from './text.ts';

type Notes = ReadonlyMap<string, RowNotes>;

/**
 * Takes what is written into the cells of a list: shows it at once, saves it, and keeps what is refused where it was
 * written.
 */
export function useSheet(
  { resource }: RecordDefinition,
  fields: readonly FieldDef[],
  mayEdit: (record: AnyRecord) => boolean,
): Sheet<AnyRecord> {
  const [notes, setNotes] = useState<Notes>(new Map());

  const write = useCallback(
    (writes: CellWrite<AnyRecord>[]) => {
      const byKey = new Map(fields.map((field) => [field.key, field]));
      const given = writes.map(({ row, column, from }) => ({
        id: row.id,
        column,
        note: noteOf(byKey.get(column), from),
      }));
      setNotes((kept) => given.reduce((notes, { id, column, note }) => withNote(notes, id, column, note), kept));
      void attempt(async () => {
        const { writeCells } = await import('./writeCells.ts');
        const refused = await writeCells({ resource, fields, mayEdit }, writes);
        const reasons = new Map(refused.map(({ record, field, reason }) => [`${record.id} ${field.key}`, reason]));
        setNotes((kept) =>
          given.reduce((notes, { id, column, note }) => {
            // Something newer has been written there meanwhile.
            if (notes.get(id)?.[column] !== note) return notes;
            const reason = reasons.get(`${id} ${column}`);
            return withNote(notes, id, column, reason ? { ...note, reason } : null);
          }, kept),
        );
      });
    },
    [resource, fields, mayEdit],
  );
  const forget = useCallback(
    ({ id }: AnyRecord, column: string) => setNotes((kept) => withNote(kept, id, column, null)),
    [],
  );
  return useMemo(() => ({ write, notes, forget }), [write, notes, forget]);
}

function noteOf(field: FieldDef | undefined, from: CellWrite<AnyRecord>['from']): CellNote {
  if ('text' in from) return { text: from.text, reason: null, draft: field && draftOf(field, from.text) };
  return { text: field ? textOf(field, from.value) : '', reason: null, draft: from.value };
}

function withNote(notes: Notes, id: string, column: string, note: CellNote | null): Notes {
  const { [column]: _, ...rest } = notes.get(id) ?? {};
  const next = new Map(notes);
  if (note) next.set(id, { ...rest, [column]: note });
  else if (Object.keys(rest).length > 0) next.set(id, rest);
  else next.delete(id);
  return next;
}
