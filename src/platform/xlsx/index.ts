export { convertWorkbook, removeLeftWorkbooks } from './convert.ts';
export { isWorkbook } from './signature.ts';
export { type ColumnKind, workbookOf } from './write.ts';
