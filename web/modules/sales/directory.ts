import type { RecordDefinition } from '../../platform/record/definition.ts';
import { lazyPart } from '../../text/lazy.ts';
import { addToPipeline } from './deal/bulkActions.ts';

/** Contacts and companies as sales has them: with their deals, and the way to make some. */
export const contactWithSales = (contact: RecordDefinition): RecordDefinition => ({
  ...contact,
  bulkActions: [...contact.bulkActions, addToPipeline],
  relatedParts: [
    ...contact.relatedParts,
    { Part: lazyPart(() => import('./deal/DealsOfContact.tsx')), shows: ['deal'] },
    { Part: lazyPart(() => import('./score/ContactPoints.tsx')), shows: [] },
  ],
});

export const companyWithSales = (company: RecordDefinition): RecordDefinition => ({
  ...company,
  bulkActions: [...company.bulkActions, addToPipeline],
  relatedParts: [
    ...company.relatedParts,
    { Part: lazyPart(() => import('./deal/DealsOfCompany.tsx')), shows: ['deal'] },
  ],
});
