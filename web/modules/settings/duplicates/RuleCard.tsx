import { Plus, Trash2, X } from 'lucide-react';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Checkbox } from '../../../ui/Checkbox.tsx';
import { formatNumber } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { Select } from '../../../ui/Select.tsx';
import { fieldLabel, type Rule, type RuleCondition, type RuleSet } from './rules.ts';

const conditions_max = 5;
const similar = [0.5, 0.6, 0.7, 0.8, 0.9];

interface RuleCardProps {
  resource: RuleSet['resource'];
  rule: Rule;
  number: number;
  fields: RuleSet['fields'];
  disabled: boolean;
  /** Why it cannot be as it is. */
  messages: readonly string[];
  onChange: (rule: Rule) => void;
  onRemove: () => void;
}

/** One way in which two records may be one: conditions that must all hold, and what they are good for. */
export function RuleCard({ resource, rule, number, fields, disabled, messages, onChange, onRemove }: RuleCardProps) {
  const put = (at: number, condition: RuleCondition) =>
    onChange({ ...rule, when: rule.when.map((each, index) => (index === at ? condition : each)) });
  const free = fields.filter(({ name }) => !rule.when.some(({ field }) => field === name));
  return (
    <li aria-label={t('Rule {number}', { number: formatNumber(number) })} className="rounded-lg border border-line p-4">
      <ul className="grid gap-2">
        {rule.when.map((condition, at) => (
          <li key={condition.field} className="flex flex-wrap items-center gap-1 text-13 sm:gap-2">
            <span className="min-w-8 shrink-0 pe-1 text-muted sm:w-10">{at > 0 ? t('and') : t('if')}</span>
            <Select
              label={t('Field')}
              className="w-44!"
              disabled={disabled}
              options={[...fields.filter(({ name }) => name === condition.field), ...free].map((field) => ({
                value: field.name,
                label: fieldLabel(field),
              }))}
              value={condition.field}
              onChange={(field) => put(at, { field, compare: 'same' })}
            />
            <Comparison
              resource={resource}
              condition={condition}
              identifies={fields.some(({ name, identifies }) => name === condition.field && identifies)}
              disabled={disabled}
              onChange={(next) => put(at, next)}
            />
            {rule.when.length > 1 && (
              <IconButton
                label={t('Remove the condition')}
                size="small"
                disabled={disabled}
                onClick={() => onChange({ ...rule, when: rule.when.filter((_, index) => index !== at) })}
              >
                <X size={14} />
              </IconButton>
            )}
          </li>
        ))}
      </ul>
      {fields.some((field) => field.sealed && rule.when.some((condition) => condition.field === field.name)) && (
        <p className="mt-2 text-12 text-muted">
          {t('A field of this rule is sealed in this workspace: by it nothing is found or told apart.')}
        </p>
      )}
      {messages.length > 0 && (
        <p role="alert" className="mt-2 text-12 text-bad-ink">
          {messages.join(' ')}
        </p>
      )}
      <div className="mt-3 flex flex-wrap items-center gap-x-5 gap-y-2 border-t border-line pt-3 text-13">
        <Use
          label={t('Warn and list')}
          checked={rule.suspects}
          disabled={disabled}
          onChange={(suspects) => onChange({ ...rule, suspects })}
        />
        <Use
          label={t('Imports update what it finds')}
          checked={rule.imports}
          disabled={disabled}
          onChange={(imports) => onChange({ ...rule, imports })}
        />
        {!disabled && (
          <span className="ms-auto flex items-center gap-1">
            {rule.when.length < conditions_max && free.length > 0 && (
              <Button
                size="small"
                emphasis="quiet"
                icon={<Plus size={14} />}
                onClick={() => onChange({ ...rule, when: [...rule.when, { field: free[0]!.name, compare: 'same' }] })}
              >
                {t('Add condition')}
              </Button>
            )}
            <IconButton label={t('Remove the rule')} onClick={onRemove}>
              <Trash2 size={14} />
            </IconButton>
          </span>
        )}
      </div>
    </li>
  );
}

interface ComparisonProps {
  resource: RuleSet['resource'];
  condition: RuleCondition;
  identifies: boolean;
  disabled: boolean;
  onChange: (condition: RuleCondition) => void;
}

/** Only names can be similar; only what does not identify by itself may be missing. */
function Comparison({ resource, condition, identifies, disabled, onChange }: ComparisonProps) {
  const { field, compare, from } = condition;
  if (field !== 'name' && identifies) return <span className="text-muted">{t('is the same')}</span>;
  const percent = (share: number) => formatNumber(Math.round(share * 100));
  const shares = [...new Set([...similar, ...(from ? [from] : [])])].sort((a, b) => a - b);
  const ofNames = [
    ...(resource === 'company' ? [{ value: 'same_core', label: t('is the same except for the legal form') }] : []),
    ...shares.map((share) => ({
      value: String(share),
      label: t('is similar, from {percent}%', { percent: percent(share) }),
    })),
  ];
  return (
    <Select
      label={t('Similarity')}
      className="w-auto! max-w-full min-w-56"
      disabled={disabled}
      options={[
        { value: 'same', label: t('is the same') },
        ...(field === 'name' ? ofNames : [{ value: 'not_other', label: t('is the same or missing') }]),
      ]}
      value={compare === 'similar' ? String(from ?? 1) : compare}
      onChange={(value) => onChange(comparison(field, value))}
    />
  );
}

const comparison = (field: string, value: string): RuleCondition =>
  value === 'same' || value === 'same_core' || value === 'not_other'
    ? { field, compare: value }
    : { field, compare: 'similar', from: Number(value) };

function Use({
  label,
  ...rest
}: {
  label: string;
  checked: boolean;
  disabled: boolean;
  onChange: (on: boolean) => void;
}) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the box inside is its control
    <label className="flex items-center gap-2">
      <Checkbox label={label} {...rest} />
      <span aria-hidden="true">{label}</span>
    </label>
  );
}
