import { definitionOf } from '../../../platform/record/definitions.ts';
import type { AnyRecord } from '../../../platform/record/field.ts';
import { RelatedParts } from '../../../platform/record/RelatedParts.tsx';
import { RelatedRecords } from '../../../platform/record/RelatedRecords.tsx';
import { OpenTasks } from '../task/OpenTasks.tsx';
import { Positions } from './Positions.tsx';

export default function ContactRelated({ record }: { record: AnyRecord }) {
  const definition = definitionOf('contact');
  return (
    <div className="flex flex-col gap-6">
      <Positions record={record} />
      <OpenTasks of="contact" record={record} />
      <RelatedParts definition={definition} record={record} />
      <RelatedRecords definition={definition} record={record} without={['company']} />
    </div>
  );
}
