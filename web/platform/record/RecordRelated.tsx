import { products } from '../product/products.ts';
import type { RecordDefinition } from './definition.ts';
import type { AnyRecord } from './field.ts';
import { RelatedParts } from './RelatedParts.tsx';
import { RelatedRecords } from './RelatedRecords.tsx';

/** What a record is connected to, where its record type says no more. */
export default function RecordRelated({ definition, record }: { definition: RecordDefinition; record: AnyRecord }) {
  return (
    <div className="flex flex-col gap-6">
      {definition.contract.attachable &&
        products().map(
          ({ id, related: Related }) => Related && <Related key={id} of={definition.resource} record={record} />,
        )}
      <RelatedParts definition={definition} record={record} />
      <RelatedRecords definition={definition} record={record} />
    </div>
  );
}
