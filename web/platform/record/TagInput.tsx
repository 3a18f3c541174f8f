import { useRef } from 'react';
import { t } from '../../text/text.ts';
import { Chip } from '../../ui/Chip.tsx';
import { Combobox } from '../../ui/Combobox.tsx';
import { attempt } from '../query/attempt.ts';
import { createRecord } from '../query/records.ts';
import { useMay } from '../session/session.tsx';
import type { TagValue } from './field.ts';
import { useLookup } from './lookup.ts';

interface TagInputProps {
  label?: string;
  value: readonly TagValue[];
  onChange: (value: TagValue[]) => void;
  autoFocus?: boolean;
}

/** Picks tags, and makes one that is not there yet. */
export function TagInput({ label = t('Tags'), value, onChange, autoFocus }: TagInputProps) {
  const { choices, loading, setQuery } = useLookup('tag');
  const may = useMay();
  /** Others can be picked while a new one is being made. */
  const latest = useRef(value);
  latest.current = value;

  const create = (name: string) =>
    attempt(async () => {
      const tag = await createRecord<TagValue>('tag', { name });
      onChange([...latest.current, tag]);
    });

  return (
    <div className="flex flex-col gap-1.5">
      {value.length > 0 && (
        <div className="flex flex-wrap gap-1">
          {value.map((tag) => (
            <Chip
              key={tag.id}
              color={tag.color}
              onRemove={() => onChange(value.filter((other) => other.id !== tag.id))}
            >
              {tag.name}
            </Chip>
          ))}
        </div>
      )}
      <Combobox
        key={value.length}
        label={label}
        value={null}
        autoFocus={autoFocus}
        choices={choices}
        chosen={value}
        onMake={may('tag', 'create') ? create : undefined}
        loading={loading}
        placeholder={t('Add a tag')}
        onQuery={setQuery}
        onChange={(choice) => choice && onChange([...value, { ...choice, color: 'gray' }])}
      />
    </div>
  );
}
