import { useNavigate } from '@tanstack/react-router';
import { Suspense, useState } from 'react';
import { t } from '../../text/text.ts';
import { useRecords } from '../query/records.ts';
import { pathOf, type Resource } from '../query/resources.ts';
import { useMay } from '../session/session.tsx';
import type { RecordDefinition } from './definition.ts';
import { definitions, findDefinition, referencesTo } from './definitions.ts';
import { FieldValue } from './FieldValue.tsx';
import { type AnyRecord, isBlank, type Named, readField } from './field.ts';
import { LazyRecordForm } from './lazyForm.ts';
import { MoreRows, RelatedLink, RelatedList } from './RelatedList.tsx';
import { nameInList } from './recordName.ts';
import { wordsOf } from './recordTypes.ts';

const shown_max = 20;
const none: readonly Resource[] = [];

interface RelatedRecordsProps {
  definition: RecordDefinition;
  record: AnyRecord;
  /** The page shows these in a way of its own. */
  without?: readonly Resource[];
}

/** The records that this one refers to, then those that refer to it, by record type. */
export function RelatedRecords({ definition, record, without = none }: RelatedRecordsProps) {
  const may = useMay();
  const shown = [...without, ...definition.relatedParts.flatMap(({ shows }) => shows)];
  const references = definition.fields.filter(
    ({ of, expand }) => expand && record[expand] && findDefinition(of) && !shown.includes(of!),
  );
  const others = definitions().filter(({ resource }) => !shown.includes(resource) && may(resource, 'read'));
  return (
    <>
      {references.map(({ key, label, of, expand }) => {
        const { id, name } = record[expand!] as Named;
        return (
          <RelatedList key={key} title={label}>
            <RelatedLink to={`${pathOf(of!)}/${id}`} name={name} square={findDefinition(of)?.square} />
          </RelatedList>
        );
      })}
      {others.flatMap((other) =>
        referencesTo(definition.resource, other)
          // The head of a record says which one sets it off.
          .filter((by) => by !== other.contract.appendOnly?.by)
          .map((by) => <Referring key={`${other.resource}.${by}`} other={other} by={by} to={record} />),
      )}
    </>
  );
}

/** The records of one type that name this one in a field. */
function Referring({ other, by, to }: { other: RecordDefinition; by: string; to: AnyRecord }) {
  const { resource, path, narrow, plural, newLabel, fields } = other;
  const may = useMay();
  const navigate = useNavigate();
  const start = other.useStart();
  const [creating, setCreating] = useState(false);
  const filter = { field: by, op: 'eq', value: to.id } as const;
  const found = useRecords<AnyRecord>(resource, { filter, sort: other.defaultSort, limit: shown_max, count: true });
  const several = referencesTo(fieldOf(other, by).of ?? '', other).length > 1;
  const standing = fields.find(({ key }) => key === narrow.standing);
  return (
    <>
      <RelatedList
        title={several ? t('{types} ({field})', { types: plural, field: fieldOf(other, by).label }) : plural}
        list={found}
        none={t('No {types} yet', { types: wordsOf(resource).types })}
        onAdd={may(resource, 'create') && !fieldOf(other, by).readOnly ? () => setCreating(true) : undefined}
        addLabel={newLabel}
      >
        {found.rows.map((row) => (
          <RelatedLink
            key={row.id}
            to={`${path}/${row.id}`}
            name={nameInList(other, row)}
            square={other.square}
            end={
              standing && !isBlank(readField(row, standing)) ? <FieldValue field={standing} record={row} /> : undefined
            }
          />
        ))}
        {found.hasNextPage && <MoreRows list={found} />}
      </RelatedList>
      <Suspense>
        {creating && (
          <LazyRecordForm
            definition={other}
            start={start}
            placed={{ [by]: { id: to.id, name: String(to.name ?? '') } }}
            onClose={() => setCreating(false)}
            onSaved={({ id }) => void navigate({ to: `${path}/${id}` })}
          />
        )}
      </Suspense>
    </>
  );
}

const fieldOf = ({ fields }: RecordDefinition, key: string) => fields.find((field) => field.key === key)!;
