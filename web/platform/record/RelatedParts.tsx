import { Suspense } from 'react';
import type { RecordDefinition } from './definition.ts';
import type { AnyRecord } from './field.ts';

/** What other modules add to the records of a type. */
export const RelatedParts = ({ definition, record }: { definition: RecordDefinition; record: AnyRecord }) =>
  definition.relatedParts.map(({ Part }, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes
    <Suspense key={index}>
      <Part record={record} />
    </Suspense>
  ));
