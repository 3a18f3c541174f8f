import { Plus, X } from 'lucide-react';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { cx } from '../../../ui/cx.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { Menu } from '../../../ui/Menu.tsx';
import { Select } from '../../../ui/Select.tsx';
import type { Relation } from '../definition.ts';
import { definitionOf } from '../definitions.ts';
import type { FieldDef } from '../field.ts';
import { ConditionEditor, startCondition, UnknownField } from './ConditionEditor.tsx';
import {
  type Filter,
  type Group,
  isGroup,
  isRelated,
  joinOf,
  makeGroup,
  makeRelated,
  partsOf,
  type Related,
  relationOf,
} from './filter.ts';
import { type FilterSubject, useFilterSubject } from './subject.ts';

/** The API takes 8 levels: the filter itself is the first, and the conditions in the deepest group are the last. */
const depth_max = 6;

interface GroupEditorProps {
  subject: FilterSubject;
  group: Group;
  onChange: (group: Group) => void;
  depth?: number;
}

interface PartEditorProps {
  subject: FilterSubject;
  part: Filter;
  onChange: (part: Filter) => void;
  depth?: number;
}

/** One condition, a group of them, or conditions on related records. */
export function PartEditor({ subject, part, onChange, depth = 1 }: PartEditorProps) {
  if (isGroup(part)) return <GroupEditor subject={subject} group={part} depth={depth} onChange={onChange} />;
  if (!isRelated(part)) return <ConditionEditor subject={subject} condition={part} onChange={onChange} />;
  const relation = subject.relations.find(({ name }) => name === relationOf(part));
  if (!relation) return <UnknownField name={subject.unknown(relationOf(part))} />;
  return <RelatedEditor relation={relation} related={part} depth={depth} onChange={onChange} />;
}

/** Conditions that all or any must hold, and groups of them. */
export function GroupEditor({ subject, group, onChange, depth = 1 }: GroupEditorProps) {
  const parts = partsOf(group);
  const join = joinOf(group);
  const first = subject.fields[0] as FieldDef;
  const set = (next: Filter[]) => onChange(makeGroup(join, next));
  const replace = (index: number, part: Filter) => set(parts.map((other, at) => (at === index ? part : other)));
  return (
    <fieldset
      aria-label={t('Conditions')}
      className={cx('flex flex-col gap-2', depth > 1 && 'rounded-md border border-line bg-sunken p-2')}
    >
      <div className="flex items-center gap-2 text-13">
        <Select
          label={t('All or any')}
          className="w-auto!"
          options={[
            { value: 'and', label: t('All of') },
            { value: 'or', label: t('Any of') },
          ]}
          value={join}
          onChange={(next) => onChange(makeGroup(next as 'and' | 'or', parts))}
        />
        <span className="text-muted">{t('these hold')}</span>
      </div>
      {parts.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no identity but their place
        <div key={index} className="flex items-start gap-1">
          <div className="min-w-0 flex-1">
            <PartEditor subject={subject} part={part} depth={depth + 1} onChange={(next) => replace(index, next)} />
          </div>
          <IconButton
            label={t('Remove')}
            size="small"
            className="mt-1"
            onClick={() => set(parts.filter((_, at) => at !== index))}
          >
            <X size={14} />
          </IconButton>
        </div>
      ))}
      <div className="flex gap-1">
        <Button
          size="small"
          emphasis="quiet"
          icon={<Plus size={14} />}
          onClick={() => set([...parts, startCondition(first)])}
        >
          {t('Condition')}
        </Button>
        {depth < depth_max && (
          <Button
            size="small"
            emphasis="quiet"
            icon={<Plus size={14} />}
            onClick={() => set([...parts, makeGroup(join === 'and' ? 'or' : 'and', [startCondition(first)])])}
          >
            {t('Group')}
          </Button>
        )}
        {depth + 1 < depth_max && subject.relations.length > 0 && (
          <Menu
            align="start"
            trigger={
              <Button size="small" emphasis="quiet" icon={<Plus size={14} />}>
                {t('Related')}
              </Button>
            }
            actions={subject.relations.map(({ name, label }) => ({
              label,
              onSelect: () => set([...parts, makeRelated('any', name)]),
            }))}
          />
        )}
      </div>
    </fieldset>
  );
}

interface RelatedEditorProps {
  relation: Relation;
  related: Related;
  onChange: (related: Related) => void;
  depth?: number;
}

/** Whether there is any related record, or none, for which conditions hold. */
function RelatedEditor({ relation, related, onChange, depth = 1 }: RelatedEditorProps) {
  const subject = useFilterSubject(definitionOf(relation.resource));
  const way = 'any' in related ? 'any' : 'none';
  const { where } = related;
  const group = where && isGroup(where) ? where : makeGroup('and', where ? [where] : []);
  return (
    <div className="flex flex-col gap-2">
      <Select
        label={t('With or without')}
        options={[
          { value: 'any', label: t('{records}: any of which', { records: relation.label }) },
          { value: 'none', label: t('{records}: none of which', { records: relation.label }) },
        ]}
        value={way}
        onChange={(next) => onChange(makeRelated(next as 'any' | 'none', relation.name, where))}
      />
      <GroupEditor
        subject={subject}
        group={group}
        depth={depth + 1}
        onChange={(next) => onChange(makeRelated(way, relation.name, next))}
      />
    </div>
  );
}
