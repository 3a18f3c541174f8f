import { t } from '../../text/text.ts';
import { Select } from '../../ui/Select.tsx';
import type { Relation } from '../definition.ts';
import { isGroup, makeGroup, makeRelated, type Related } from './filter.ts';
import { GroupEditor } from './GroupEditor.tsx';
import { useFilterSubject } from './subject.ts';

interface RelatedEditorProps {
  relation: Relation;
  related: Related;
  onChange: (related: Related) => void;
  depth?: number;
}

/** Whether there is any related record, or none, for which conditions hold. */
export function RelatedEditor({ relation, related, onChange, depth = 1 }: RelatedEditorProps) {
  const subject = useFilterSubject(relation.definition);
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
