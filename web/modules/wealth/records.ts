/** What the lists and pages of this product need to know of its record types: one piece for the browser, however many there are. */
export { details as household } from './household/definition.ts';
export { details as legalEntity } from './legal-entity/definition.ts';
