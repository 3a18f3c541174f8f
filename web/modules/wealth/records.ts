/**
 * What the lists and pages of this product need to know of its record types: one piece for the browser, however many
 * there are.
 */
export { details as account } from './account/definition.ts';
export { details as custodian } from './custodian/definition.ts';
export { details as household } from './household/definition.ts';
export { details as legalEntity } from './legal-entity/definition.ts';
export { details as security } from './security/definition.ts';
export { details as transaction } from './transaction/definition.ts';
