import type { RecordExtension } from '../../platform/record/definition.ts';
import { lazyPart } from '../../text/lazy.ts';
import { addToPipeline } from './deal/bulkActions.ts';

/** Contacts and companies as sales has them: with their deals, and the way to make some. */
export const extensions: readonly RecordExtension[] = [
  {
    of: 'contact',
    bulkActions: [addToPipeline],
    relatedParts: [
      { Part: lazyPart(() => import('./deal/DealsOfContact.tsx')), shows: ['deal'] },
      { Part: lazyPart(() => import('./score/ContactPoints.tsx')), shows: [] },
    ],
  },
  {
    of: 'company',
    bulkActions: [addToPipeline],
    relatedParts: [{ Part: lazyPart(() => import('./deal/DealsOfCompany.tsx')), shows: ['deal'] }],
  },
];
