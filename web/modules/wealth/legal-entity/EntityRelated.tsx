import { definitionOf } from '../../../platform/record/definitions.ts';
import type { AnyRecord } from '../../../platform/record/field.ts';
import { RelatedParts } from '../../../platform/record/RelatedParts.tsx';
import { RelatedRecords } from '../../../platform/record/RelatedRecords.tsx';
import { OpenTasks } from '../../directory/task/OpenTasks.tsx';
import { AccountsOfOwner } from '../account/AccountsOfOwner.tsx';
import { Relationships } from '../relationship/Relationships.tsx';

export default function EntityRelated({ record }: { record: AnyRecord }) {
  const definition = definitionOf('legal_entity');
  return (
    <div className="flex flex-col gap-6">
      <AccountsOfOwner of="legal_entity" id={record.id} />
      <Relationships of="legal_entity" record={record} />
      <OpenTasks of="legal_entity" record={record} />
      <RelatedParts definition={definition} record={record} />
      <RelatedRecords definition={definition} record={record} />
    </div>
  );
}
