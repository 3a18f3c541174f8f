import { t } from '../../../text/text.ts';
import { Select } from '../../../ui/Select.tsx';
import type { FieldDef } from '../field.ts';
import { ConditionValue } from './ConditionValue.tsx';
import { type Condition, type Operator, operatorsFor, startValue, wordFor } from './filter.ts';
import type { FilterSubject } from './subject.ts';
import { valueUnder } from './values.ts';

interface ConditionEditorProps {
  subject: FilterSubject;
  condition: Condition;
  onChange: (condition: Condition) => void;
}

export function startCondition(field: FieldDef): Condition {
  const op = operatorsFor(field)[0] as Operator;
  return { field: field.key, op, value: startValue(op, field.kind) };
}

/** Field, operator, value. */
export function ConditionEditor({ subject, condition, onChange }: ConditionEditorProps) {
  const { fields } = subject;
  const field = fields.find((each) => each.key === condition.field);
  if (!field) return <UnknownField name={subject.unknown(condition.field)} />;
  return (
    <div className="flex min-w-0 flex-1 flex-col gap-2">
      <div className="flex gap-2">
        <Select
          label={t('Field')}
          options={fields.map((each) => ({ value: each.key, label: each.label }))}
          value={field.key}
          onChange={(key) => {
            const next = fields.find((each) => each.key === key);
            if (next) onChange(startCondition(next));
          }}
        />
        <Select
          label={t('Condition')}
          options={operatorsFor(field).map((op) => ({ value: op, label: wordFor(op, field.kind) }))}
          value={condition.op}
          onChange={(next) => {
            const op = next as Operator;
            onChange({ ...condition, op, value: valueUnder(op, field.kind, condition) });
          }}
        />
      </div>
      <div data-first-focus="">
        <ConditionValue field={field} condition={condition} onChange={(value) => onChange({ ...condition, value })} />
      </div>
    </div>
  );
}

/** In place of what there is nothing to choose for. */
export const UnknownField = ({ name }: { name: string }) => (
  <p className="text-13 text-muted">
    <bdi className="font-medium text-ink">{name}</bdi>
    <span className="block">
      {t('It is retired, or not visible to you. Remove the condition to see the list again.')}
    </span>
  </p>
);
