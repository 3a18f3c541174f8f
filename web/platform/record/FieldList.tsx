import { Pencil } from 'lucide-react';
import { Suspense, useEffect, useId, useRef, useState } from 'react';
import { inSentence, t } from '../../text/text.ts';
import type { EditEnd } from '../../ui/table/column.ts';
import { WaitingMark } from '../offline/WaitingMark.tsx';
import type { Resource } from '../query/resources.ts';
import { useMay } from '../session/session.tsx';
import { FieldValue } from './FieldValue.tsx';
import { type AnyRecord, type FieldDef, isBlank, isPartial, readField } from './field.ts';
import { LazyInlineEditor } from './lazyEditor.ts';

interface FieldListProps {
  resource: Resource;
  record: AnyRecord;
  fields: readonly FieldDef[];
}

/** Fields in sections, editable in place. */
export function FieldList({ resource, record, fields }: FieldListProps) {
  const may = useMay();
  const editable =
    may(resource, 'update', (record.owner_id as string | null | undefined) ?? null) &&
    !record.deleted_at &&
    !isPartial(record);
  const sections = [...new Set(fields.map((field) => field.section).filter((section) => section !== undefined))];
  return (
    <div className="flex flex-col gap-5">
      {sections.map((section) => (
        <section key={section} aria-label={section}>
          <h2 className="mb-1 px-2 text-12 font-medium text-muted">{section}</h2>
          <dl>
            {fields
              .filter((field) => field.section === section)
              .map((field) => (
                <FieldLine
                  key={field.key}
                  resource={resource}
                  record={record}
                  field={field}
                  editable={editable && !field.readOnly}
                />
              ))}
          </dl>
        </section>
      ))}
    </div>
  );
}

function FieldLine({
  resource,
  record,
  field,
  editable,
}: {
  resource: Resource;
  record: AnyRecord;
  field: FieldDef;
  editable: boolean;
}) {
  const [editing, setEditing] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const back = useRef(false);
  const value = useId();
  useEffect(() => {
    // The answer of a save may come while somebody types elsewhere, who keeps the focus there.
    if (!editing && back.current && document.activeElement === document.body) button.current?.focus();
    back.current = editing;
  }, [editing]);
  function onDone(end?: EditEnd) {
    // Between two controls nothing has the focus for a moment.
    if (end === 'away') back.current = false;
    setEditing(false);
  }
  const blank = isBlank(readField(record, field));
  const followable =
    !blank && (field.kind === 'email' || field.kind === 'phone' || field.kind === 'url' || field.kind === 'labelled');
  return (
    <div className="flex min-h-8 items-start gap-2 rounded-md text-13">
      <dt className="w-32 shrink-0 py-1.5 ps-2 hyphens-auto wrap-anywhere text-muted pointer-coarse:py-3">
        {field.label}
      </dt>
      <dd className="group/value relative flex min-w-0 flex-1 items-center gap-1">
        {editing ? (
          <Suspense>
            <LazyInlineEditor resource={resource} record={record} field={field} onDone={onDone} />
          </Suspense>
        ) : followable || !editable ? (
          <span className="flex min-h-8 min-w-0 flex-1 items-center px-2 py-1.5 wrap-anywhere pointer-coarse:min-h-11">
            <FieldValue field={field} record={record} links />
          </span>
        ) : (
          <button
            ref={button}
            type="button"
            aria-label={t('Edit {field}', { field: inSentence(field.label) })}
            aria-describedby={value}
            onClick={() => setEditing(true)}
            className="flex min-h-8 min-w-0 flex-1 items-center rounded-md px-2 py-1.5 text-start wrap-anywhere hover:bg-hover pointer-coarse:min-h-11"
          >
            {/* The label says what pressing it does, this what stands there. */}
            <span id={value} className="flex min-w-0">
              {blank ? (
                <span className="text-faint">{t('Add')}</span>
              ) : (
                <FieldValue field={field} record={record} links />
              )}
            </span>
          </button>
        )}
        {!editing && <WaitingMark of={record} field={field.key} />}
        {followable && editable && !editing && (
          <button
            ref={button}
            type="button"
            aria-label={t('Edit {field}', { field: inSentence(field.label) })}
            onClick={() => setEditing(true)}
            className="inline-flex size-7 shrink-0 items-center justify-center rounded-md text-faint opacity-0 group-hover/value:opacity-100 hover:bg-hover hover:text-ink focus-visible:opacity-100 pointer-coarse:opacity-100"
          >
            <Pencil size={12} />
          </button>
        )}
      </dd>
    </div>
  );
}
