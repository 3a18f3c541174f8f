export { deleteServerLog, type PseudonymisedTable, pseudonymise, writePlaceholders } from './pseudonymise.ts';
