/**
 * What the lists and pages of this product need to know of its record types: one piece for the browser, however many
 * there are.
 */

export { details as company } from './company/definition.ts';
export { details as contact } from './contact/definition.ts';
