export { type PseudonymisedTable, pseudonymise, writePlaceholders } from './pseudonymise.ts';
