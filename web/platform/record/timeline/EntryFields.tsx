import { FieldValue } from '../FieldValue.tsx';
import { type AnyRecord, isBlank, readField } from '../field.ts';
import { useAddedFields } from '../useFields.ts';

/** What stands in the fields that the workspace added to notes or activities; nothing where none is filled in. */
export function EntryFields({ resource, entry }: { resource: 'note' | 'activity'; entry: AnyRecord }) {
  const filled = useAddedFields(resource).filter((field) => !isBlank(readField(entry, field)));
  if (filled.length === 0) return null;
  return (
    <dl className="mt-2 flex flex-wrap gap-x-6 gap-y-1">
      {filled.map((field) => (
        <div key={field.key} className="flex min-w-0 gap-1.5">
          <dt className="shrink-0 text-muted">{field.label}</dt>
          <dd className="min-w-0">
            <FieldValue field={field} record={entry} links whole />
          </dd>
        </div>
      ))}
    </dl>
  );
}
