export { writeCsv } from './csv.ts';
export { restoreFormula } from './formula.ts';
