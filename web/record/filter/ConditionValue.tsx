import type { Resource } from '../../app/resources.ts';
import { t } from '../../text/text.ts';
import { Combobox } from '../../ui/Combobox.tsx';
import { Input } from '../../ui/Input.tsx';
import { Select } from '../../ui/Select.tsx';
import { fromTyped, toTyped } from '../../ui/zoned.ts';
import type { FieldDef } from '../field.ts';
import { useLookup } from '../lookup.ts';
import { MultiSelect } from '../MultiSelect.tsx';
import { useReference } from '../reference.ts';
import { type Condition, periods, takesValue } from './filter.ts';

interface ConditionValueProps {
  field: FieldDef;
  condition: Condition;
  onChange: (value: unknown) => void;
}

/** The control for the right-hand side of a condition. */
export function ConditionValue({ field, condition, onChange }: ConditionValueProps) {
  const { op, value } = condition;
  if (!takesValue(op)) return null;
  if (op === 'in') {
    return (
      <MultiSelect label={t('Values')} options={field.options ?? []} value={value as string[]} onChange={onChange} />
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
        <Plain field={field} label={t('To')} value={to} onChange={(next) => onChange([from, next])} />
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
  if (field.kind === 'select') {
    return (
      <Select label={t('Value')} options={field.options ?? []} value={(value as string) || null} onChange={onChange} />
    );
  }
  if (field.kind === 'reference' || field.kind === 'tags') {
    return (
      <Reference of={field.kind === 'tags' ? 'tag' : (field.of ?? 'user')} id={value as string} onChange={onChange} />
    );
  }
  return <Plain field={field} label={t('Value')} value={value} onChange={onChange} />;
}

function Plain({
  field,
  label,
  value,
  onChange,
}: {
  field: FieldDef;
  label: string;
  value: unknown;
  onChange: (value: unknown) => void;
}) {
  const dated = field.kind === 'date' || field.kind === 'time';
  const shown = field.kind === 'time' && typeof value === 'string' ? toTyped(value).slice(0, 10) : String(value ?? '');
  return (
    <Input
      type={dated ? 'date' : 'text'}
      inputMode={
        field.kind === 'integer'
          ? 'numeric'
          : field.kind === 'money' || field.kind === 'decimal'
            ? 'decimal'
            : undefined
      }
      aria-label={label}
      value={shown}
      onValueChange={(next) => {
        if (field.kind === 'time') onChange(fromTyped(next && `${next}T00:00`) ?? '');
        else if (field.kind === 'integer') onChange(next === '' || Number.isNaN(Number(next)) ? next : Number(next));
        else onChange(next);
      }}
    />
  );
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
