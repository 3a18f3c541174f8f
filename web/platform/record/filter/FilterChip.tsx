import { X } from 'lucide-react';
import { Fragment, useState } from 'react';
import { T } from '../../../text/T.tsx';
import { inSentence, t } from '../../../text/text.ts';
import { formatDate, formatDecimal, formatList } from '../../../ui/format.ts';
import { isNumeric } from '../../../ui/number.ts';
import { Popover } from '../../../ui/Popover.tsx';
import type { Resource } from '../../query/resources.ts';
import { definitionOf } from '../definitions.ts';
import type { FieldDef } from '../field.ts';
import { useReference } from '../reference.ts';
import {
  type Condition,
  type Filter,
  type Group,
  isComplete,
  isGroup,
  isRelated,
  joinOf,
  partsOf,
  periodLabel,
  type Related,
  relationOf,
  wordFor,
} from './filter.ts';
import { PartEditor } from './GroupEditor.tsx';
import type { FilterSubject } from './subject.ts';
import { dayOf, optionsUnder } from './values.ts';

interface FilterChipProps {
  subject: FilterSubject;
  part: Filter;
  startOpen: boolean;
  onChange: (part: Filter) => void;
  onRemove: () => void;
}

/** One condition, or one group of them, as a chip that opens its editor. */
export function FilterChip({ subject, part, startOpen, onChange, onRemove }: FilterChipProps) {
  const [open, setOpen] = useState(startOpen);
  return (
    <span className="inline-flex h-7 max-w-80 shrink-0 items-center rounded-md border border-line bg-surface text-12 pointer-coarse:h-9">
      <Popover
        label={t('Edit the filter')}
        open={open}
        onOpenChange={(next) => {
          setOpen(next);
          if (!next && !isComplete(part)) onRemove();
        }}
        className={'field' in part ? 'w-96 p-3' : 'w-[34rem] p-3'}
        trigger={
          <button type="button" className="flex h-full min-w-0 items-center gap-1 rounded-s-md px-2 hover:bg-hover">
            <PartText subject={subject} part={part} />
          </button>
        }
      >
        <PartEditor subject={subject} part={part} onChange={onChange} />
      </Popover>
      <button
        type="button"
        aria-label={t('Remove the filter')}
        onClick={onRemove}
        className="inline-flex h-full items-center rounded-e-md border-s border-line px-1.5 pointer-coarse:px-3 text-muted hover:bg-hover hover:text-ink"
      >
        <X size={12} />
      </button>
    </span>
  );
}

function PartText({ subject, part }: { subject: FilterSubject; part: Filter }) {
  if (isGroup(part)) return <GroupText group={part} />;
  if (isRelated(part)) return <RelatedText subject={subject} related={part} />;
  return <ConditionText {...subject} condition={part} />;
}

function RelatedText({ subject, related }: { subject: FilterSubject; related: Related }) {
  const name = relationOf(related);
  const count = countOf(related.where);
  const relation = subject.relations.find((each) => each.name === name);
  const label = relation?.label ?? subject.unknown(name);
  const sole = 'any' in related && soleCondition(related.where);
  const fields = relation ? definitionOf(relation.resource).fields : [];
  if (sole && fields.some(({ key }) => key === sole.field))
    return (
      <>
        <span className="shrink-0 text-muted">{label}</span>
        <ConditionText fields={fields} unknown={subject.unknown} condition={sole} />
      </>
    );
  return (
    <span className="truncate">
      <T
        text={
          'any' in related
            ? '<muted>With</muted> <b>{label}</b>{count, plural, =0 {} one { where # condition holds} other { where # conditions hold}}'
            : '<muted>Without</muted> <b>{label}</b>{count, plural, =0 {} one { where # condition holds} other { where # conditions hold}}'
        }
        values={{
          label: inSentence(label),
          count,
          muted: (words) => <span className="text-muted">{words}</span>,
          b: (words) => <span className="font-medium">{words}</span>,
        }}
      />
    </span>
  );
}

function soleCondition(where: Filter | undefined): Condition | null {
  const part = where && isGroup(where) && partsOf(where).length === 1 ? partsOf(where)[0] : where;
  return part && !isGroup(part) && !isRelated(part) ? part : null;
}

function countOf(where: Filter | undefined): number {
  if (!where) return 0;
  return isGroup(where) ? partsOf(where).length : 1;
}

function GroupText({ group }: { group: Group }) {
  const count = partsOf(group).length;
  const words =
    joinOf(group) === 'or'
      ? t('{count, plural, one {Any of # condition} other {Any of # conditions}}', { count })
      : t('{count, plural, one {All of # condition} other {All of # conditions}}', { count });
  return <span className="truncate">{words}</span>;
}

interface ConditionTextProps extends Pick<FilterSubject, 'fields' | 'unknown'> {
  condition: Condition;
}

function ConditionText({ fields, unknown, condition }: ConditionTextProps) {
  const field = fields.find((each) => each.key === condition.field);
  if (!field) return <bdi className="truncate font-medium">{unknown(condition.field)}</bdi>;
  return (
    <>
      <span className="shrink-0 font-medium">{field.label}</span>
      <span className="shrink-0 text-muted">{wordFor(condition.op, field.kind)}</span>
      <bdi className="min-w-0 truncate font-medium">
        {field.kind === 'reference' || field.kind === 'tags' ? (
          <ReferredNames of={field.kind === 'tags' ? 'tag' : (field.of ?? 'user')} value={condition.value} />
        ) : condition.op === 'within' ? (
          periodLabel(condition.value)
        ) : (
          valueText(field, condition.value)
        )}
      </bdi>
    </>
  );
}

function ReferredNames({ of, value }: { of: Resource; value: unknown }) {
  const ids = [value].flat().filter((id) => typeof id === 'string' && id !== '');
  return ids.map((id, at) => (
    <Fragment key={String(id)}>
      {at > 0 && ', '}
      <ReferredName of={of} id={id} />
    </Fragment>
  ));
}

function ReferredName({ of, id }: { of: Resource; id: unknown }) {
  const named = useReference(of, id);
  return named?.name ?? '…';
}

function valueText(field: FieldDef, value: unknown): string {
  if (value === undefined || value === '') return '';
  if (Array.isArray(value)) {
    const texts = value.map((item) => valueText(field, item));
    return field.options ? texts.join(', ') : formatList(texts);
  }
  const option = optionsUnder(field, value).find((each) => each.value === value);
  if (option) return option.label;
  if (field.kind === 'boolean') return value ? t('yes') : t('no');
  if (field.kind === 'date' || field.kind === 'time') return dayOf(value) ? formatDate(dayOf(value)) : String(value);
  if (isNumeric(field) && !field.key.endsWith('_year'))
    return formatDecimal(value as string, field.kind === 'money' && Number(value) % 1 ? 2 : 0);
  return String(value);
}
