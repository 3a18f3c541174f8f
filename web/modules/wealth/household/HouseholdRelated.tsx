import { definitionOf } from '../../../platform/record/definitions.ts';
import type { AnyRecord } from '../../../platform/record/field.ts';
import { RelatedParts } from '../../../platform/record/RelatedParts.tsx';
import { RelatedRecords } from '../../../platform/record/RelatedRecords.tsx';
import { OpenTasks } from '../../directory/task/OpenTasks.tsx';
import { Relationships } from '../relationship/Relationships.tsx';
import { Advisers } from './Advisers.tsx';
import { Members } from './Members.tsx';

export default function HouseholdRelated({ record }: { record: AnyRecord }) {
  const definition = definitionOf('household');
  return (
    <div className="flex flex-col gap-6">
      <Members record={record} />
      <Advisers record={record} />
      <Relationships of="household" record={record} />
      <OpenTasks of="household" record={record} />
      <RelatedParts definition={definition} record={record} />
      <RelatedRecords definition={definition} record={record} without={['financial_account']} />
    </div>
  );
}
