/**
 * What the lists and pages of this product need to know of its record types: one piece for the browser, however many
 * there are.
 */
export { details as deal } from './deal/definition.ts';
export { details as product } from './product/definition.ts';
