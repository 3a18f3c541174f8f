import { Suspense, useState } from 'react';
import { useRecords } from '../../../platform/query/records.ts';
import { pathOf } from '../../../platform/query/resources.ts';
import { definitionOf } from '../../../platform/record/definitions.ts';
import type { AnyRecord, Named } from '../../../platform/record/field.ts';
import { LazyRecordForm } from '../../../platform/record/lazyForm.ts';
import { MoreRows, RelatedLink, RelatedList } from '../../../platform/record/RelatedList.tsx';
import { RelatedParts } from '../../../platform/record/RelatedParts.tsx';
import { RelatedRecords } from '../../../platform/record/RelatedRecords.tsx';
import { useMay } from '../../../platform/session/session.tsx';
import { t } from '../../../text/text.ts';
import { isFormer, type Position, positionText } from '../contact/position.ts';
import { OpenTasks } from '../task/OpenTasks.tsx';

const shown_max = 20;

interface Person extends Named {
  company_id: string | null;
  job_title: string | null;
  positions: Position[];
}

/** What a person does or did at a company. */
function rolesAt(company: string, { company_id, job_title, positions = [] }: Person): string {
  const main = company_id === company ? [job_title] : [];
  const further = positions.filter((position) => position.company_id === company);
  const texts = further.map((position) =>
    [isFormer(position) && t('Former'), positionText(position)].filter(Boolean).join(' · '),
  );
  return [...main, ...texts].filter(Boolean).join('; ');
}

export default function CompanyRelated({ record }: { record: AnyRecord }) {
  const { id } = record;
  const definition = definitionOf('company');
  const contacts = definitionOf('contact');
  const may = useMay();
  const seesPeople = may('contact', 'read');
  const [creating, setCreating] = useState(false);
  const people = useRecords<Person>('contact', {
    enabled: seesPeople,
    filter: {
      or: [
        { field: 'company_id', op: 'eq', value: id },
        { any: 'positions', where: { field: 'company_id', op: 'eq', value: id } },
      ],
    },
    sort: 'name',
    limit: shown_max,
    count: true,
  });
  const subsidiaries = useRecords<Named & { industry: string | null }>('company', {
    filter: { field: 'parent_id', op: 'eq', value: id },
    sort: 'name',
    limit: shown_max,
    count: true,
  });
  const parent = record.parent as Named | null;
  return (
    <div className="flex flex-col gap-6">
      <OpenTasks of="company" record={record} />
      <RelatedParts definition={definition} record={record} />
      {seesPeople && (
        <RelatedList
          title={t('Contacts')}
          list={people}
          none={t('Nobody yet')}
          onAdd={may('contact', 'create') ? () => setCreating(true) : undefined}
          addLabel={contacts.newLabel}
        >
          {people.rows.map((person) => (
            <RelatedLink
              key={person.id}
              to={`${pathOf('contact')}/${person.id}`}
              name={person.name}
              detail={rolesAt(id, person)}
            />
          ))}
          {people.hasNextPage && <MoreRows list={people} />}
        </RelatedList>
      )}
      {parent && (
        <RelatedList title={t('Parent company')}>
          <RelatedLink to={`${pathOf('company')}/${parent.id}`} name={parent.name} square />
        </RelatedList>
      )}
      <RelatedList title={t('Subsidiaries')} list={subsidiaries}>
        {subsidiaries.rows.map((subsidiary) => (
          <RelatedLink
            key={subsidiary.id}
            to={`${pathOf('company')}/${subsidiary.id}`}
            name={subsidiary.name}
            square
            detail={subsidiary.industry}
          />
        ))}
        {subsidiaries.hasNextPage && <MoreRows list={subsidiaries} />}
      </RelatedList>
      <RelatedRecords definition={definition} record={record} without={['contact', 'company']} />
      <Suspense>
        {creating && (
          <LazyRecordForm
            definition={contacts}
            placed={{ company_id: { id, name: String(record.name) } }}
            onClose={() => setCreating(false)}
            onSaved={() => setCreating(false)}
          />
        )}
      </Suspense>
    </div>
  );
}
