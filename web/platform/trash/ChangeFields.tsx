import { t } from '../../text/text.ts';
import type { Change } from '../query/undo.ts';
import { definitions, findDefinition } from '../record/definitions.ts';
import { FieldValue } from '../record/FieldValue.tsx';
import type { AnyRecord, FieldDef } from '../record/field.ts';
import { useFields } from '../record/useFields.ts';

type Given = Readonly<Record<string, unknown>>;

/**
 * What each of the records was given: fields with their values, or tags. Whoever takes it back later has to know it
 * again by these.
 */
export function ChangeFields({ change: { kind, resource, action } }: { change: Change }) {
  const definition = findDefinition(resource);
  const makes = definition?.bulkActions.find((each) => each.makes?.kind === kind)?.makes;
  const known = useFields(findDefinition(makes?.resource) ?? definition ?? definitions()[0]!);
  const given = (kind === 'update' ? action.fields : action) as Given | undefined;
  if (!given) return null;
  const fields = kind === 'tag' ? [] : known.filter((field) => isGiven(given, field));
  return (
    <dl className="flex flex-wrap gap-x-4 empty:hidden">
      {fields.map((field) => (
        <Pair key={field.key} label={field.label}>
          <FieldValue field={field} record={given as AnyRecord} />
        </Pair>
      ))}
      <Tags label={t('Tags added')} ids={given.add} />
      <Tags label={t('Tags removed')} ids={given.remove} />
    </dl>
  );
}

/** Also what was given to be emptied. */
const isGiven = (given: Given, { key }: FieldDef): boolean =>
  key.startsWith('custom.')
    ? key.slice('custom.'.length) in ((given.custom as object | undefined) ?? {})
    : key in given;

function Pair({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div className="flex min-w-0 flex-wrap gap-x-1.5">
      <dt className="text-muted">{label}</dt>
      <dd className="flex min-w-0 gap-1.5">{children}</dd>
    </div>
  );
}

const tag: FieldDef = { key: 'id', label: t('Tag'), kind: 'reference', of: 'tag' };

function Tags({ label, ids }: { label: string; ids: unknown }) {
  if (!Array.isArray(ids) || ids.length === 0) return null;
  return (
    <Pair label={label}>
      {ids.map((id) => (
        <FieldValue key={id} field={tag} record={{ id, version: 0 }} />
      ))}
    </Pair>
  );
}
