import { useRef, useState } from 'react';
import { InParts } from '../../../platform/settings/LongList.tsx';
import { Panel } from '../../../platform/settings/Panel.tsx';
import { t } from '../../../text/text.ts';
import { type CustomField, moveField } from './customField.ts';
import { FieldRow } from './FieldRow.tsx';

interface FieldPanelProps {
  label: string;
  fields: readonly CustomField[];
  onEdit: (field: CustomField) => void;
  onType: (field: CustomField) => void;
  onRename: (field: CustomField) => void;
}

/** The fields of one kind of record, in an order that is changed by dragging, or by the arrow keys on a handle. */
export function FieldPanel({ label, fields, onEdit, onType, onRename }: FieldPanelProps) {
  const box = useRef<HTMLElement>(null);
  const [said, setSaid] = useState('');
  if (fields.length === 0) return null;

  async function move(id: string, index: number) {
    const field = fields.find((one) => one.id === id);
    if (!field || index < 0 || index >= fields.length) return;
    setSaid(
      t('{name} is number {place, number} of {count, number}', {
        name: field.label,
        place: index + 1,
        count: fields.length,
      }),
    );
    await moveField(fields, id, index);
    box.current?.querySelector<HTMLElement>(`[data-field-handle="${id}"]`)?.focus();
  }

  return (
    <section ref={box} aria-label={label}>
      <h3 className="mb-2 text-14">{label}</h3>
      <InParts rows={fields} step={25}>
        {(shown) => (
          <Panel label={label}>
            {shown.map((field, index) => (
              <FieldRow
                key={field.id}
                field={field}
                index={index}
                onMove={(id, to) => void move(id, to)}
                onEdit={() => onEdit(field)}
                onType={() => onType(field)}
                onRename={() => onRename(field)}
              />
            ))}
          </Panel>
        )}
      </InParts>
      <span role="status" className="sr-only">
        {said}
      </span>
    </section>
  );
}
