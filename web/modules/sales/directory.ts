import { lazy } from 'react';
import type { RecordDefinition } from '../../record/definition.ts';
import { addToPipeline } from './deal/bulkActions.ts';

/** Contacts and companies as sales has them: with their deals, and the way to make some. */
export const contactWithSales = (contact: RecordDefinition): RecordDefinition => ({
  ...contact,
  bulkActions: [...contact.bulkActions, addToPipeline],
  relatedParts: [
    ...contact.relatedParts,
    { Part: lazy(() => import('./deal/DealsOfContact.tsx')), shows: ['deal'] },
    { Part: lazy(() => import('./score/ContactPoints.tsx')), shows: [] },
  ],
});

export const companyWithSales = (company: RecordDefinition): RecordDefinition => ({
  ...company,
  bulkActions: [...company.bulkActions, addToPipeline],
  relatedParts: [...company.relatedParts, { Part: lazy(() => import('./deal/DealsOfCompany.tsx')), shows: ['deal'] }],
});
