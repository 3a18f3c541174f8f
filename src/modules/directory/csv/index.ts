export { parseCellList } from './cell-list.ts';
export { writeCsv } from './csv.ts';
export { restoreFormula } from './formula.ts';
