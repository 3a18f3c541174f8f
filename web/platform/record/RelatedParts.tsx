import { Suspense } from 'react';
import { products } from '../product/products.ts';
import type { Resource } from '../query/resources.ts';
import type { RecordDefinition, RelatedPart } from './definition.ts';
import type { AnyRecord } from './field.ts';

/** What other modules add to the records of a type. */
export const RelatedParts = ({ definition, record }: { definition: RecordDefinition; record: AnyRecord }) => (
  <Parts parts={definition.relatedParts} record={record} />
);

/** What they add to records without a page of their own, such as mails. */
export const PartsOf = ({ resource, record }: { resource: Resource; record: AnyRecord }) => (
  <Parts
    parts={products().flatMap(({ extensions = [] }) =>
      extensions.flatMap(({ of, relatedParts = [] }) => (of === resource ? relatedParts : [])),
    )}
    record={record}
  />
);

const Parts = ({ parts, record }: { parts: readonly RelatedPart[]; record: AnyRecord }) =>
  parts.map(({ Part }, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes
    <Suspense key={index}>
      <Part record={record} />
    </Suspense>
  ));
