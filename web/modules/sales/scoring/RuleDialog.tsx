import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { FormShell } from '../../../platform/page/FormShell.tsx';
import { api } from '../../../platform/query/api.ts';
import { refusal } from '../../../platform/query/problem.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { definitionOf } from '../../../platform/record/definitions.ts';
import { differ, numberToWire } from '../../../platform/record/field.ts';
import FilterBar from '../../../platform/record/filter/FilterBar.tsx';
import { type Filter, prune } from '../../../platform/record/filter/filter.ts';
import { useLeaving } from '../../../platform/record/useLeaving.tsx';
import { useOpenedVersion } from '../../../platform/record/useOpenedVersion.ts';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { Field } from '../../../ui/Field.tsx';
import { Input } from '../../../ui/Input.tsx';
import { NumberInput } from '../../../ui/NumberInput.tsx';
import type { TypedNumber } from '../../../ui/number.ts';
import { Select } from '../../../ui/Select.tsx';
import { toast } from '../../../ui/toast.ts';
import { RuleMatches } from './RuleMatches.tsx';
import type { Rule } from './rule.ts';

const subjects = [
  { value: 'deal', label: t('Deals') },
  { value: 'contact', label: t('Deals with contacts') },
];

/** What a rule is about, whom it matches as it stands, and what it gives. */
export function RuleDialog({ rule, onClose }: { rule?: Rule; onClose: () => void }) {
  const form = useId();
  const [begun] = useState({
    name: rule?.name ?? '',
    resource: rule?.resource ?? ('deal' as const),
    filter: rule?.filter ?? null,
    points: String(rule?.points ?? 10),
  });
  const [name, setName] = useState(begun.name);
  const [resource, setResource] = useState<Rule['resource']>(begun.resource);
  const [filter, setFilter] = useState<Filter | null>(begun.filter);
  const [points, setPoints] = useState<TypedNumber>(begun.points);
  const { version, noteConflict } = useOpenedVersion(rule?.version);
  const whole = prune(filter);
  const save = useMutation({
    mutationFn: async () => {
      if (!whole) throw refusal('filter', t('Press “Filter” to choose which ones'));
      const body = { name, filter: whole, points: Number(numberToWire('points', points)) };
      if (rule) await api.patch(`/scoring-rules/${rule.id}`, body, version);
      else await api.post('/scoring-rules', { ...body, resource, active: true });
      await queryClient.invalidateQueries({ queryKey: ['scoring_rule'] });
    },
    onSuccess: () => {
      toast(
        rule ? t('Rule saved. Scores follow in a few seconds.') : t('Rule created. Scores follow in a few seconds.'),
      );
      onClose();
    },
    onError: noteConflict,
  });
  const typed = { name, resource, filter: whole, points };
  const { leave, question } = useLeaving(differ(typed, { ...begun, filter: prune(begun.filter) }), onClose);
  return (
    <Dialog
      open
      title={rule ? t('Edit rule') : t('New rule')}
      onClose={leave}
      footer={
        <>
          <Button onClick={leave}>{t('Cancel')}</Button>
          <Button type="submit" form={form} emphasis="primary" busy={save.isPending}>
            {rule ? t('Save') : t('Create rule')}
          </Button>
        </>
      }
    >
      <FormShell
        id={form}
        error={save.error}
        fields={['name', 'resource', 'filter', 'points']}
        onSubmit={() => save.mutate()}
        className="flex flex-col gap-4 pt-1"
      >
        <Field name="name" label={t('Name')} required help={t('Shown as a reason, such as “Large company”')}>
          <Input value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
        {!rule && (
          <Field name="resource" label={t('About')}>
            <Select
              label={t('About')}
              options={subjects}
              value={resource}
              onChange={(next) => {
                setResource(next as Rule['resource']);
                setFilter(null);
              }}
            />
          </Field>
        )}
        <Field
          name="filter"
          label={t('Which')}
          required
          several
          help={<RuleMatches resource={resource} filter={whole} />}
        >
          <FilterBar key={resource} definition={definitionOf(resource)} filter={filter} onChange={setFilter} />
        </Field>
        <Field name="points" label={t('Points')} required help={t('From −100 to 100')}>
          <NumberInput className="w-28" kind="integer" value={points} onValueChange={setPoints} />
        </Field>
      </FormShell>
      {question}
    </Dialog>
  );
}
