import { z } from 'zod';
import { date, requiredReference, text } from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';
import { contact } from '../contact/contract.ts';

/** Of one contact. */
export const positions_max = 50;

/** A further or former position of a contact at a company; the main one is the contact's own company and job title. */
export const position = defineResource({
  name: 'contact_position',
  right: 'contact',
  plural: 'positions',
  table: 'contact_position',
  title: 'position',
  partOf: [{ column: 'contact_id', resource: contact }],
  defaultSort: '-started_on',
  together: [['started_on', 'ended_on']],
  fields: {
    contact_id: requiredReference('contact', { title: 'Contact', createOnly: true }),
    company_id: requiredReference('company', { title: 'Company', expand: 'company' }),
    role: text(200, { title: 'Role' }),
    started_on: date({ title: 'From' }),
    ended_on: date({ title: 'To' }),
  },
});

const { contact_id: _, ...given } = position.create.shape;
export const positionCreate = z.strictObject(given).meta({ id: 'ContactPositionCreate' });
export const positionUpdate = position.update;
export const positionParams = z.object({ id: z.uuid(), position_id: z.uuid() });
