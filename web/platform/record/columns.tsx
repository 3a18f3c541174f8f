import { Suspense, useState } from 'react';
import { PersonName } from '../../ui/PersonName.tsx';
import type { CellWrite, Column, EditOptions } from '../../ui/table/column.ts';
import { WaitingMark } from '../offline/WaitingMark.tsx';
import type { Resource } from '../query/resources.ts';
import type { RecordDefinition } from './definition.ts';
import { FieldValue } from './FieldValue.tsx';
import { type AnyRecord, type FieldDef, readField } from './field.ts';
import { inlineEditor } from './lazyEditor.ts';
import { nameInList } from './recordName.ts';
import { TypedAhead } from './sheet/TypedAhead.tsx';
import { draftOf, takesText, textIn, textWithCurrency } from './sheet/text.ts';

const default_width = 160;
const name_width = 280;
const figures = new Set<FieldDef['kind']>(['money', 'integer', 'decimal', 'duration']);
/** Figures stand under each other. */
export const isAtEnd = ({ kind }: FieldDef): boolean => figures.has(kind);

/**
 * What a head takes at most: languages name things at different lengths, and beside the name are signs of its order and
 * its menu.
 */
const letter_px = 7;
const head_rest_px = 44;
const headWidth = (label: string) => label.length * letter_px + head_rest_px;

/** A column for each field; the first is the name, which opens the record. */
export function columnsFor(
  definition: RecordDefinition,
  fields: readonly FieldDef[],
  mayEdit: (record: AnyRecord) => boolean,
  write: Write,
): Column<AnyRecord>[] {
  const [name, ...rest] = fields as [FieldDef, ...FieldDef[]];
  return [
    {
      id: name.key,
      header: name.label,
      width: name_width,
      sortKey: name.sortable ? name.key : undefined,
      value: (record) => readField(record, name),
      text: (record) => textIn(record, name),
      cell: (record) => (
        <>
          <PersonName name={nameInList(definition, record)} square={definition.square} />
          <WaitingMark of={record} />
        </>
      ),
    },
    ...rest.map((field) => fieldColumn(definition.resource, field, mayEdit, write)),
  ];
}

/** In a table an amount has its currency with it; in a file that stands in a column beside it. */
export function withCurrencies(fields: readonly FieldDef[], ids: readonly string[]): string[] {
  return ids.flatMap((id) => {
    const currency = fields.find(({ key }) => key === id)?.currencyKey;
    return currency && !ids.includes(currency) ? [id, currency] : [id];
  });
}

type Write = (cells: CellWrite<AnyRecord>[]) => void;

function fieldColumn(
  resource: Resource,
  field: FieldDef,
  mayEdit: (record: AnyRecord) => boolean,
  write: Write,
): Column<AnyRecord> {
  return {
    id: field.key,
    header: field.label,
    width: Math.max(field.width ?? default_width, headWidth(field.label)),
    align: isAtEnd(field) ? 'end' : undefined,
    sortKey: field.sortable ? field.key : undefined,
    hidden: !field.inTable,
    value: (record) => readField(record, field),
    text: (record) => textIn(record, field),
    textWithCurrency: (record) => textWithCurrency(record, field),
    cell: (record) => <FieldValue field={field} record={record} />,
    edit: field.readOnly
      ? undefined
      : (record, options) =>
          mayEdit(record) ? (
            <CellEditor {...options} resource={resource} record={record} field={field} write={write} />
          ) : (
            <FieldValue field={field} record={record} />
          ),
  };
}

interface CellEditorProps extends EditOptions {
  resource: Resource;
  record: AnyRecord;
  field: FieldDef;
  write: Write;
}

function CellEditor({ record, field, write, done, typed, draft, ...rest }: CellEditorProps) {
  const [Editor] = useState(inlineEditor);
  // What one saw when one began to type: what others change meanwhile must not pass for it.
  const [seen] = useState(record);
  /** Typed before the editor was there. */
  const [ahead, setAhead] = useState<string | null>(null);
  const save = (from: CellWrite<AnyRecord>['from']) => write([{ row: seen, column: field.key, from }]);
  const waiting = takesText(field) && (
    <TypedAhead
      label={field.label}
      text={ahead ?? (typed ? '' : textIn(seen, field))}
      onText={setAhead}
      onEnd={(to, keep) => {
        if (keep && ahead !== null) save({ text: ahead });
        done(to);
      }}
    />
  );
  return (
    <Suspense fallback={waiting}>
      <Editor
        {...rest}
        typed={typed && ahead === null}
        draft={ahead === null ? draft : draftOf(field, ahead)}
        record={seen}
        field={field}
        onDone={done}
        onValue={(value) => save({ value })}
      />
    </Suspense>
  );
}
