export { convertWorkbook, isWorkbook } from './convert.ts';
export { WorkbookError } from './workbook-error.ts';
export { type ColumnKind, workbookOf } from './write.ts';
