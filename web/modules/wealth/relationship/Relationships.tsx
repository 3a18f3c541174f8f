import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type { relationship } from '../../../../src/modules/wealth/relationship/contract.ts';
import { pathOf } from '../../../platform/query/resources.ts';
import type { AnyRecord, Named } from '../../../platform/record/field.ts';
import type { Filter } from '../../../platform/record/filter/filter.ts';
import { t } from '../../../text/text.ts';
import { PartLine, PartList } from '../household/PartList.tsx';
import { endText, isOver } from '../period.ts';
import { reciprocalText, relationshipText } from '../words.ts';

type Relationship = RowOf<typeof relationship> & { of_entity: Named | null };
type Of = 'household' | 'contact' | 'legal_entity';

const about = (of: Of, id: string): Filter => {
  if (of === 'household') return { field: 'household_id', op: 'eq', value: id };
  const theirs = of === 'contact' ? 'of_contact_id' : 'of_entity_id';
  return {
    or: [
      { field: `${of}_id`, op: 'eq', value: id },
      { field: theirs, op: 'eq', value: id },
    ],
  };
};

/** What the people and entities of a household are of each other, or what one of them is of others. */
export function Relationships({ of, record }: { of: Of; record: AnyRecord }) {
  // A relationship is kept with a household, which a person alone does not name.
  const household = of === 'household' ? record : of === 'legal_entity' ? (record.household as Named | null) : null;
  return (
    <PartList<Relationship>
      part="relationship"
      title={t('Relationships')}
      none={of === 'contact' ? undefined : t('No relationships yet, such as trustees, lawyers or beneficiaries')}
      addLabel={t('Add a relationship')}
      record={record}
      filter={about(of, record.id)}
      addTo={household}
      householdOf={(row) => row.household ?? { id: row.household_id, name: '' }}
      line={(row, onEdit) => <RelationshipLine key={row.id} row={row} of={of} id={record.id} onEdit={onEdit} />}
    />
  );
}

interface RelationshipLineProps {
  row: Relationship;
  of: Of;
  id: string;
  onEdit: (() => void) | undefined;
}

function RelationshipLine({ row, of, id, onEdit }: RelationshipLineProps) {
  const first = { of: row.contact_id ? 'contact' : 'legal_entity', named: row.contact ?? row.legal_entity };
  const second = { of: row.of_contact_id ? 'contact' : 'legal_entity', named: row.of_contact ?? row.of_entity };
  const hidden = t('Not visible to you');
  const isFirst = of !== 'household' && id === (row.contact_id ?? row.legal_entity_id);
  const shown = isFirst ? second : first;
  const name = shown.named?.name ?? hidden;
  const what =
    of === 'household'
      ? t('{relationship} of {name}', { relationship: relationshipText(row.kind), name: second.named?.name ?? hidden })
      : isFirst
        ? reciprocalText(row.reciprocal)
        : relationshipText(row.kind);
  const share = row.share_numerator ? `${row.share_numerator}/${row.share_denominator}` : null;
  const detail = [what, share, endText(row)].filter(Boolean).join(' · ');
  return (
    <PartLine
      to={shown.named ? `${pathOf(shown.of)}/${shown.named.id}` : undefined}
      name={name}
      square={shown.of !== 'contact'}
      detail={detail}
      former={isOver(row)}
      editLabel={t('Edit the relationship with {name}', { name })}
      onEdit={onEdit}
    />
  );
}
