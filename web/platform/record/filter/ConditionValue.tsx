import { useState } from 'react';
import { t } from '../../../text/text.ts';
import { Chip } from '../../../ui/Chip.tsx';
import { Combobox } from '../../../ui/Combobox.tsx';
import { Input } from '../../../ui/Input.tsx';
import { NumberInput } from '../../../ui/NumberInput.tsx';
import { isNumeric, isUnread, type NumberKind, type Unread } from '../../../ui/number.ts';
import { Select } from '../../../ui/Select.tsx';
import type { Resource } from '../../query/resources.ts';
import type { FieldDef } from '../field.ts';
import { useLookup } from '../lookup.ts';
import { MultiSelect } from '../MultiSelect.tsx';
import { useReference } from '../reference.ts';
import { type Condition, periods, takesValue } from './filter.ts';
import { dayOf, isLastDay, optionsUnder, valueOfDay } from './values.ts';

interface ConditionValueProps {
  field: FieldDef;
  condition: Condition;
  onChange: (value: unknown) => void;
}

/** The control for the right-hand side of a condition. */
export function ConditionValue({ field, condition, onChange }: ConditionValueProps) {
  const { op, value } = condition;
  if (!takesValue(op)) return null;
  if (op === 'in' && field.kind === 'reference')
    return <References of={field.of ?? 'user'} ids={value as string[]} onChange={onChange} />;
  if (op === 'in') {
    return (
      <MultiSelect
        label={t('Values')}
        options={optionsUnder(field, value)}
        value={value as string[]}
        onChange={onChange}
      />
    );
  }
  if (op === 'within') {
    return <Select label={t('Period')} options={periods} value={value as string} onChange={onChange} />;
  }
  if (op === 'between') {
    const [from, to] = value as [unknown, unknown];
    return (
      <div className="flex items-center gap-2">
        <Plain field={field} label={t('From')} value={from} onChange={(next) => onChange([next, to])} />
        <span className="text-12 text-muted">{t('and')}</span>
        <Plain field={field} label={t('To')} value={to} isLast onChange={(next) => onChange([from, next])} />
      </div>
    );
  }
  if (field.kind === 'boolean') {
    return (
      <Select
        label={t('Value')}
        options={[
          { value: 'true', label: t('Yes') },
          { value: 'false', label: t('No') },
        ]}
        value={String(value)}
        onChange={(next) => onChange(next === 'true')}
      />
    );
  }
  if (field.kind === 'select' || field.kind === 'multi_select') {
    return (
      <Select
        label={t('Value')}
        options={optionsUnder(field, value)}
        value={(value as string) || null}
        onChange={onChange}
      />
    );
  }
  if (field.kind === 'reference' || field.kind === 'tags') {
    return (
      <Reference of={field.kind === 'tags' ? 'tag' : (field.of ?? 'user')} id={value as string} onChange={onChange} />
    );
  }
  return <Plain field={field} label={t('Value')} value={value} isLast={isLastDay(op)} onChange={onChange} />;
}

interface PlainProps {
  field: FieldDef;
  label: string;
  value: unknown;
  /** Of days: the last one that is meant. */
  isLast?: boolean;
  onChange: (value: unknown) => void;
}

function Plain({ field, label, value, isLast = false, onChange }: PlainProps) {
  if (isNumeric(field)) return <Figure kind={field.kind} label={label} value={value} onChange={onChange} />;
  const isDated = field.kind === 'date' || field.kind === 'time';
  return (
    <Input
      type={isDated ? 'date' : 'text'}
      aria-label={label}
      value={isDated ? dayOf(value) : String(value ?? '')}
      onValueChange={(next) => onChange(isDated ? valueOfDay(field.kind, next, isLast) : next)}
    />
  );
}

/** What cannot be read stays with its reason; until then the condition is without a value. */
function Figure({ kind, label, value, onChange }: Omit<PlainProps, 'field' | 'isLast'> & { kind: NumberKind }) {
  const [unread, setUnread] = useState<Unread | null>(null);
  return (
    <div className="min-w-0 flex-1">
      <NumberInput
        kind={kind}
        aria-label={label}
        aria-invalid={unread !== null}
        value={unread ?? value}
        onValueChange={(next) => {
          setUnread(isUnread(next) ? next : null);
          if (isUnread(next)) onChange('');
          else onChange(kind === 'integer' && next !== '' ? Number(next) : next);
        }}
      />
      {unread && (
        <p role="alert" className="mt-1 text-12 text-bad-ink">
          {unread.reason}
        </p>
      )}
    </div>
  );
}

interface ReferencesProps {
  of: Resource;
  ids: readonly string[];
  onChange: (ids: string[]) => void;
}

function References({ of, ids, onChange }: ReferencesProps) {
  const { choices, loading, setQuery } = useLookup(of);
  return (
    <div className="flex flex-col gap-1.5">
      {ids.length > 0 && (
        <div className="flex flex-wrap gap-1">
          {ids.map((id) => (
            <Named key={id} of={of} id={id} onRemove={() => onChange(ids.filter((other) => other !== id))} />
          ))}
        </div>
      )}
      <Combobox
        key={ids.length}
        label={t('Values')}
        value={null}
        // The next one is typed at once.
        autoFocus={ids.length > 0}
        choices={choices.filter(({ id }) => !ids.includes(id))}
        loading={loading}
        onQuery={setQuery}
        onChange={(choice) => choice && onChange([...ids, choice.id])}
      />
    </div>
  );
}

function Named({ of, id, onRemove }: { of: Resource; id: string; onRemove: () => void }) {
  const named = useReference(of, id);
  return <Chip onRemove={onRemove}>{named?.name ?? '…'}</Chip>;
}

function Reference({ of, id, onChange }: { of: Resource; id: string; onChange: (value: unknown) => void }) {
  const { choices, loading, setQuery } = useLookup(of);
  const chosen = useReference(of, id);
  return (
    <Combobox
      label={t('Value')}
      value={chosen}
      choices={choices}
      loading={loading}
      onQuery={setQuery}
      onChange={(choice) => onChange(choice?.id ?? '')}
    />
  );
}
