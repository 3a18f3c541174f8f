import { Pencil } from 'lucide-react';
import { Suspense, useState } from 'react';
import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type { relationship } from '../../../../src/modules/wealth/relationship/contract.ts';
import { useRecords } from '../../../platform/query/records.ts';
import { pathOf } from '../../../platform/query/resources.ts';
import type { AnyRecord, Named } from '../../../platform/record/field.ts';
import type { Filter } from '../../../platform/record/filter/filter.ts';
import { MoreRows, RelatedLink, RelatedList } from '../../../platform/record/RelatedList.tsx';
import { useMay } from '../../../platform/session/session.tsx';
import { lazyPart } from '../../../text/lazy.ts';
import { t } from '../../../text/text.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { holdingFirst, isOver, periodText } from '../period.ts';
import { reciprocalText, relationshipText } from '../words.ts';

const PartDialog = lazyPart(() => import('../household/PartDialog.tsx'));

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
  const may = useMay();
  const [editing, setEditing] = useState<Relationship | 'new' | null>(null);
  const found = useRecords<Relationship>('relationship', {
    filter: about(of, record.id),
    sort: 'created_at',
    limit: 50,
  });
  // A relationship is kept with a household, which a person alone does not name.
  const household = of === 'household' ? record : of === 'legal_entity' ? (record.household as Named | null) : null;
  const editable = may('household', 'update') && !record.deleted_at;
  return (
    <>
      <RelatedList
        title={t('Relationships')}
        list={found}
        none={of === 'contact' ? undefined : t('None yet: spouses, trustees, lawyers, beneficiaries')}
        addLabel={t('Add a relationship')}
        onAdd={editable && household ? () => setEditing('new') : undefined}
      >
        {holdingFirst(found.rows).map((row) => (
          <RelationshipLine
            key={row.id}
            row={row}
            of={of}
            id={record.id}
            onEdit={editable ? () => setEditing(row) : undefined}
          />
        ))}
        {found.hasNextPage && <MoreRows list={found} />}
      </RelatedList>
      <Suspense>
        {editing && (
          <PartDialog
            part="relationship"
            household={editing === 'new' ? household! : (editing.household ?? { id: editing.household_id, name: '' })}
            row={editing === 'new' ? undefined : editing}
            onClose={() => setEditing(null)}
          />
        )}
      </Suspense>
    </>
  );
}

function RelationshipLine({ row, of, id, onEdit }: { row: Relationship; of: Of; id: string; onEdit?: () => void }) {
  const first = { of: row.contact_id ? 'contact' : 'legal_entity', named: row.contact ?? row.legal_entity };
  const second = { of: row.of_contact_id ? 'contact' : 'legal_entity', named: row.of_contact ?? row.of_entity };
  const hidden = t('Not yours to see');
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
  const former = isOver(row);
  const detail = [what, share, former || row.until_on ? periodText(row) : null].filter(Boolean).join(' · ');
  return (
    <li className="flex items-center">
      <ul className={former ? 'min-w-0 flex-1 [&_*]:text-muted' : 'min-w-0 flex-1'}>
        {shown.named ? (
          <RelatedLink
            to={`${pathOf(shown.of)}/${shown.named.id}`}
            name={name}
            square={shown.of !== 'contact'}
            detail={detail}
          />
        ) : (
          <li className="px-2 py-1 text-13 text-muted">
            {name}
            <span className="block text-12">{detail}</span>
          </li>
        )}
      </ul>
      {onEdit && (
        <IconButton size="small" label={t('Edit the relationship with {name}', { name })} onClick={onEdit}>
          <Pencil size={12} />
        </IconButton>
      )}
    </li>
  );
}
