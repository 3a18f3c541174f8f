export {
  labelledItem,
  listed,
  parseCellList,
  parseLabelledItem,
  writeCellList,
  writeLabelledItem,
} from './cell-list.ts';
export { csvLine, standardCsv, utf8_mark, writeCsv } from './csv.ts';
export { cutText } from './cut.ts';
export { formula_mark, neutraliseFormula, restoreFormula } from './formula.ts';
