import { ListFilter } from 'lucide-react';
import { useState } from 'react';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { toast } from '../../../ui/toast.ts';
import { useKey } from '../../page/useKey.ts';
import type { RecordDefinition } from '../definition.ts';
import type { FieldDef } from '../field.ts';
import { startCondition } from './ConditionEditor.tsx';
import { FieldPicker } from './FieldPicker.tsx';
import { FilterChip } from './FilterChip.tsx';
import { conditions_max, countConditions, type Filter, isGroup, makeGroup, makeRelated, partsOf } from './filter.ts';
import { useFilterSubject } from './subject.ts';

interface FilterBarProps {
  definition: RecordDefinition;
  filter: Filter | null;
  onChange: (filter: Filter | null) => void;
}

/** The filter of a list: a chip for each condition, all of which hold; groups go as deep as the API takes them. */
export default function FilterBar({ definition, filter, onChange }: FilterBarProps) {
  const [picking, setPicking] = useState(false);
  const [added, setAdded] = useState<number | null>(null);
  const subject = useFilterSubject(definition);
  const first = subject.fields[0] as FieldDef;
  const parts = topParts(filter);
  useKey('f', () => setPicking(true));

  function set(parts: Filter[]) {
    const next = parts.length === 0 ? null : makeGroup('and', parts);
    const count = countConditions(next);
    if (count > conditions_max && count > countConditions(filter))
      toast(t('A filter has at most {count} conditions', { count: conditions_max }), { kind: 'error' });
    else onChange(next);
  }

  function add(part: Filter) {
    setPicking(false);
    setAdded(parts.length);
    set([...parts, part]);
  }

  return (
    <div className="flex min-w-0 flex-wrap items-center gap-1.5">
      {parts.map((part, index) => (
        <FilterChip
          // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no identity but their place
          key={`${index}/${parts.length}`}
          subject={subject}
          part={part}
          startOpen={added === index}
          onChange={(next) => set(parts.map((other, at) => (at === index ? next : other)))}
          onRemove={() => {
            setAdded(null);
            set(parts.filter((_, at) => at !== index));
          }}
        />
      ))}
      <FieldPicker
        open={picking}
        onOpenChange={setPicking}
        subject={subject}
        onPick={(field) => add(startCondition(field))}
        onRelation={({ name }, field) => add(makeRelated('any', name, field && startCondition(field)))}
        onGroup={() => add(makeGroup('or', [startCondition(first), startCondition(first)]))}
        trigger={
          <Button size="small" emphasis="quiet" aria-label={t('Filter')} icon={<ListFilter size={14} />}>
            {t('Filter')}
          </Button>
        }
      />
      {parts.length > 0 && (
        <Button size="small" emphasis="quiet" onClick={() => onChange(null)}>
          {t('Clear')}
        </Button>
      )}
    </div>
  );
}

function topParts(filter: Filter | null): Filter[] {
  if (!filter) return [];
  return isGroup(filter) && 'and' in filter ? partsOf(filter) : [filter];
}
