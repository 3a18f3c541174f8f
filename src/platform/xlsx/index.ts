export { convertWorkbook, isWorkbook, removeLeftWorkbooks } from './convert.ts';
export { WorkbookError } from './workbook-error.ts';
export { type ColumnKind, workbookOf } from './write.ts';
